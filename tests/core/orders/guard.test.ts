import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graceMs, grantLifeMs, stepGuard, worstAmount } from '../../../core/orders/guard.ts';
import { idOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { after, ask, end, guardOf, limits, requestOf, timing, told, verdict } from './guard-fixtures.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

describe('the limits of an account (orders.md 6)', () => {
  test('a grant names id, reservation and the venue’s time', () => {
    const { decision, state } = ask(guardOf(), 'a');
    expect(decision).toEqual({
      kind: 'granted',
      grant: { clientOrderId: idOf('a'), grantedMs: noonMs, reservationId: `reservation-${idOf('a')}` },
      reduces: false,
    });
    // Signed at most a grant's life later, refused by the venue a receive window after that.
    expect(state.latestDeadlineMs).toBe(noonMs + 5_000 + 5_000);
    expect(graceMs(timing)).toBe(20_000);
  });

  test.each<[string, Partial<Parameters<typeof ask>[2]>, string]>([
    ['an order at its limit', { amount: '10' }, 'granted'],
    ['an order above it', { amount: '10.00000001' }, 'order notional would be 1000.000001, the limit is 1000'],
    ['nothing', { amount: '0' }, 'price and amount must be above zero'],
    ['a price of zero', { price: '0' }, 'price and amount must be above zero'],
    ['a price below zero', { price: '-1' }, 'price and amount must be above zero'],
    [
      'reduce only without a position',
      { reduceOnly: true },
      'reduce only, but with what is under way it would not reduce',
    ],
  ])('%s', (_, change, expected) => expect(verdict(ask(guardOf(), 'a', change))).toBe(expected));

  test('a position counts what is under way as filled, on the side where it hurts', () => {
    // 12 long, 6 to buy: 18 x 100 = 1800; 2 more are the limit of 2000, a hair more is above it.
    const state = ask(guardOf({ positions: { [symbol]: '12' } }), 'a', { amount: '6' }).state;
    expect(worstAmount(state, symbol)).toBe(18n * 10n ** 18n);
    expect(verdict(ask(state, 'b', { amount: '2' }))).toBe('granted');
    expect(verdict(ask(state, 'b', { amount: '2.1' }))).toBe(`position in ${symbol} would be 2010, the limit is 2000`);
    // Sells of 31 would end at 19 short, were nothing else filled.
    const sells = ['s1', 's2', 's3'].reduce(
      (before, name) => ask(before, name, { side: 'sell', amount: '10' }).state,
      state,
    );
    expect(verdict(ask(sells, 's4', { side: 'sell', amount: '2' }))).toBe('granted');
    expect(verdict(ask(sells, 's4', { side: 'sell', amount: '3' }))).toContain('would be 2100');
  });

  test('the exposure is the sum over symbols, each at its last price', () => {
    const others = { positions: { 'ETH/USDT': '-40' }, prices: { 'ETH/USDT': '50' } };
    // 40 x 50 = 2000 of the 3000.
    expect(verdict(ask(guardOf(others), 'a', { amount: '10' }))).toBe('granted');
    const dearer = told(guardOf(others), { type: 'priced', prices: { 'ETH/USDT': '51' }, venueMs: noonMs });
    expect(verdict(ask(dearer, 'a', { amount: '10' }))).toBe('exposure would be 3040, the limit is 3000');
    expect(dearer.prices).toEqual({ 'ETH/USDT': '51' });
    const solToo = told(dearer, { type: 'priced', prices: { 'SOL/USDT': '7' }, venueMs: noonMs });
    expect(solToo.prices).toEqual({ 'ETH/USDT': '51', 'SOL/USDT': '7' });
    // Whoever stood still tells an old price.
    const late = told(dearer, { type: 'priced', prices: { 'ETH/USDT': '1' }, venueMs: noonMs - 1 });
    expect(late).toEqual(dearer);
  });

  test.each([{}, { 'SOL/USDT': '0' }])('what is held at a price of %j lets nothing increase', (prices) => {
    const state = guardOf({ positions: { 'SOL/USDT': '5', [symbol]: '3' }, prices });
    const refusal = 'no price is known of SOL/USDT, which is held: nothing may increase';
    expect(verdict(ask(state, 'a'))).toBe(refusal);
    // It may be sold, and so may everything else.
    expect(verdict(ask(state, 'b', { side: 'sell' }))).toBe('granted');
    expect(verdict(ask(state, 'c', { symbol: 'SOL/USDT', side: 'sell', amount: '5' }))).toBe('granted');
    // Its own order brings a price; other prices help nothing.
    const btc = told(state, { type: 'priced', prices: { [symbol]: '100' }, venueMs: noonMs });
    expect(verdict(ask(btc, 'a'))).toBe(refusal);
    const known = told(state, { type: 'priced', prices: { 'SOL/USDT': '20' }, venueMs: noonMs });
    expect(verdict(ask(known, 'a'))).toBe('granted');
  });

  test('the exposure counts orders of other symbols, at the prices that they were granted at', () => {
    const dear = { maxOrderNotional: '5000', maxPositionNotional: '5000', maxExposureNotional: '3000' };
    const state = guardOf({ limits: { ...limits, ...dear } });
    const resting = ask(state, 'eth', { symbol: 'ETH/USDT', amount: '20', price: '100' }).state;
    expect(resting.positions).toEqual({});
    expect(verdict(ask(resting, 'a', { amount: '10' }))).toBe('granted');
    expect(verdict(ask(resting, 'a', { amount: '10.1' }))).toBe('exposure would be 3010, the limit is 3000');
    const both = ask(resting, 'a', { amount: '1' }).state;
    expect(verdict(ask(both, 'b', { amount: '9.1' }))).toBe('exposure would be 3010, the limit is 3000');
  });

  test('orders of another symbol do not count for the position', () => {
    const state = ask(guardOf(), 'eth', { symbol: 'ETH/USDT', amount: '10' }).state;
    expect(worstAmount(state, symbol)).toBe(0n);
    expect(worstAmount(state, 'ETH/USDT')).toBe(10n * 10n ** 18n);
  });

  test('reduce only is granted where it reduces', () => {
    const state = guardOf({ positions: { [symbol]: '3' } });
    const asked = ask(state, 'a', { side: 'sell', amount: '3', reduceOnly: true });
    expect(asked.decision).toMatchObject({ kind: 'granted', reduces: true });
  });

  test('an order that nothing says the worth of is refused, but where it reduces', () => {
    const unvalued = 'BTC has no market against USDT, the currency of the limits';
    const state = guardOf({ positions: { 'ETH/BTC': '3' }, prices: { 'ETH/BTC': '50' } });
    const change = { symbol: 'ETH/BTC', price: '0', unvalued } as const;
    expect(verdict(ask(state, 'a', change))).toBe(unvalued);
    const sold = ask(state, 'b', { ...change, side: 'sell', amount: '3' });
    expect(verdict(sold)).toBe('granted');
    expect(sold.state.prices).toEqual(state.prices);
    expect(verdict(ask(state, 'c', { ...change, side: 'sell', amount: '3.1' }))).toBe(unvalued);
    expect(verdict(ask(state, 'd', { ...change, side: 'sell', amount: '0' }))).toContain('above zero');
  });

  test('an order that reduces is not refused by position or exposure', () => {
    const state = guardOf({ positions: { [symbol]: '50' } });
    expect(ask(state, 'a', { side: 'sell', amount: '10' }).decision).toMatchObject({ kind: 'granted', reduces: true });
    expect(verdict(ask(state, 'a', { side: 'sell', amount: '11' }))).toContain('order notional');
  });

  test('orders a minute count for a minute and the grace that a grant may still take', () => {
    const state = Array.from({ length: 3 }, (_, n) => `a${n}`).reduce(
      (before, name, n) => ask(before, name, { amount: '0.1', venueMs: noonMs + n * 1_000 }).state,
      guardOf({ limits: { ...limits, maxOrdersPerMinute: 3 } }),
    );
    const at = (venueMs: number) => verdict(ask(state, 'b', { amount: '0.1', venueMs }));
    expect(at(noonMs + 3_000)).toBe('orders a minute: the limit is 3');
    expect(at(noonMs + minuteMs + 20_000 - 1)).toBe('orders a minute: the limit is 3');
    expect(at(noonMs + minuteMs + 20_000)).toBe('granted');
  });

  test('the notional of a day counts by minutes, none forgotten before its day and the grace are over', () => {
    const state = ask(guardOf({ limits: { ...limits, maxNotionalPerDay: '150' } }), 'a', {
      venueMs: noonMs + 30_000,
    }).state;
    const at = (venueMs: number) => verdict(ask(state, 'b', { amount: '0.6', venueMs }));
    expect(at(noonMs + 30_000)).toBe('notional a day would be 160, the limit is 150');
    // The bucket ends at noon + 1 min.
    expect(at(noonMs + minuteMs + dayMs + 20_000 - 1)).toContain('notional a day');
    expect(at(noonMs + minuteMs + dayMs + 20_000)).toBe('granted');
  });

  test('notionals are kept by minute, oldest first, also where a venue time comes a little late', () => {
    const at = [noonMs + minuteMs, noonMs + minuteMs + 1, noonMs + minuteMs - 1, noonMs + 3 * minuteMs];
    const state = at.reduce((before, venueMs, place) => ask(before, `n${place}`, { venueMs }).state, guardOf());
    expect(state.notionalByMinute).toEqual([
      { minuteMs: noonMs, notional: '100' },
      { minuteMs: noonMs + minuteMs, notional: '200' },
      { minuteMs: noonMs + 3 * minuteMs, notional: '100' },
    ]);
    // Renewed in a later minute it counts there, and no longer in the first.
    const renewed = ask(state, 'n2', { venueMs: noonMs + 3 * minuteMs }).state;
    expect(renewed.notionalByMinute.map(({ notional }) => notional)).toEqual(['0', '200', '200']);
  });

  test('two thousand orders may be under way, and no more', () => {
    const reservation = { ...requestOf('x'), reservationId: 'r', grantedMs: noonMs, reduces: false };
    const full = guardOf({
      reservations: Array.from({ length: 2_000 }, (_, n) => ({ ...reservation, clientOrderId: idOf(`f${n}`) })),
    });
    expect(verdict(ask(full, 'a'))).toBe('2000 orders are under way');
  });
});

describe('one asset in several quotes is one holding on spot', () => {
  const held = guardOf({ positions: { 'BTC/USDT': '3' }, prices: { 'BTC/USDT': '100' } });

  test('what was bought for USDT may be sold for USD while REDUCING, and not twice', () => {
    const reducing = { ...held, mode: 'REDUCING' } as const;
    const first = ask(reducing, 'a', { symbol: 'BTC/USD', side: 'sell', amount: '2' });
    expect(first.decision).toMatchObject({ kind: 'granted', reduces: true });
    expect(verdict(ask(first.state, 'b', { symbol: 'BTC/USDT', side: 'sell', amount: '2' }))).toContain('REDUCING');
    const ended = end(first.state, 'a', '2');
    expect(ended.positions).toEqual({ 'BTC/USDT': '3', 'BTC/USD': '-2' });
    expect(verdict(ask(ended, 'c', { symbol: 'BTC/USD', side: 'sell', amount: '1.1' }))).toContain('REDUCING');
    expect(verdict(ask(ended, 'd', { symbol: 'BTC/USDT', side: 'sell', amount: '1' }))).toBe('granted');
    // Buying back what was sold there makes the holding larger.
    expect(verdict(ask(ended, 'e', { symbol: 'BTC/USD', side: 'buy' }))).toContain('REDUCING');
  });

  test('its position and its exposure count once, at the dearest of its prices', () => {
    const state = guardOf({ positions: { 'BTC/USDT': '12', 'BTC/USD': '-2' }, prices: { 'BTC/USDT': '100' } });
    expect(verdict(ask(state, 'a', { symbol: 'BTC/USD', amount: '9' }))).toBe('granted');
    expect(verdict(ask(state, 'a', { symbol: 'BTC/USDT', amount: '10', price: '99' }))).toBe('granted');
    expect(verdict(ask(state, 'a', { symbol: 'BTC/EUR', amount: '9', price: '110' }))).toBe(
      'position in BTC/EUR would be 2090, the limit is 2000',
    );
    expect(verdict(ask(state, 'a', { symbol: 'ETH/USDT', amount: '10' }))).toBe('granted');
    // A price of a market that nothing is held in any more may be of long ago.
    const old = { ...state, prices: { ...state.prices, 'BTC/EUR': '500' } };
    expect(verdict(ask(old, 'a', { symbol: 'ETH/USDT', amount: '10' }))).toBe('granted');
  });

  test('a perpetual is a position of its own', () => {
    const perpetual = { symbol: 'BTC/USDT:USDT', side: 'sell', reduceOnly: true } as const;
    expect(verdict(ask(held, 'a', perpetual))).toContain('reduce only');
  });
});

describe('asked again for the same id', () => {
  test('it renews the grant, and reserves nothing more', () => {
    const first = ask(guardOf(), 'a').state;
    const again = ask(first, 'a', { venueMs: noonMs + 7_000 });
    expect(again.decision).toMatchObject({ kind: 'granted', grant: { grantedMs: noonMs + 7_000 } });
    expect(again.state.reservations).toHaveLength(1);
    expect(again.state.recentGrantsMs).toHaveLength(1);
    expect(again.state.notionalByMinute.map(({ notional }) => notional)).toEqual(['100']);
    expect(again.state.latestDeadlineMs).toBe(noonMs + 17_000);
  });

  test('a venue time that falls back makes no grant older than it was', () => {
    const first = ask(guardOf(), 'a').state;
    const again = ask(first, 'a', { venueMs: noonMs - 3_000 });
    expect(again.state.reservations).toMatchObject([{ grantedMs: noonMs }]);
    expect(again.state.recentGrantsMs).toEqual([noonMs]);
    expect(again.state.notionalByMinute).toEqual(first.notionalByMinute);
  });

  test('later than the rates remember, it counts again: it is only sent now', () => {
    const one = { ...limits, maxOrdersPerMinute: 1 };
    const a = ask(guardOf({ limits: one }), 'a').state;
    const later = noonMs + minuteMs + 20_000;
    const b = ask(a, 'b', { venueMs: later });
    expect(verdict(b)).toBe('granted');
    const again = ask(b.state, 'a', { venueMs: later + 1_000 });
    expect(verdict(again)).toBe('orders a minute: the limit is 1');
    // Refused, it stays counted until its row is denied.
    expect(again.state.reservations).toHaveLength(2);
    expect(verdict(ask(a, 'a', { venueMs: later }))).toBe('granted');
  });

  test('a day later its notional counts again', () => {
    const small = { ...limits, maxNotionalPerDay: '150' };
    const a = ask(guardOf({ limits: small }), 'a').state;
    const later = noonMs + dayMs + minuteMs + 20_000;
    const b = ask(a, 'b', { venueMs: later }).state;
    expect(verdict(ask(b, 'a', { venueMs: later }))).toBe('notional a day would be 200, the limit is 150');
  });

  test('what has moved since counts: the price, and the position that it would have reduced', () => {
    const buy = ask(guardOf(), 'a', { amount: '8' }).state;
    expect(verdict(ask(buy, 'a', { amount: '8', price: '126' }))).toBe(
      'order notional would be 1008, the limit is 1000',
    );
    const sell = ask(guardOf({ positions: { [symbol]: '3' } }), 's', { side: 'sell', amount: '3' });
    expect(sell.decision).toMatchObject({ reduces: true });
    const gone = { ...sell.state, positions: {} };
    expect(ask(gone, 's', { side: 'sell', amount: '3' }).decision).toMatchObject({ kind: 'granted', reduces: false });
  });

  test('after its end it is refused for a day, also when it never held a reservation', () => {
    const state = end(end(after('a'), 'a', '0.5'), 'b', '0');
    expect(verdict(ask(state, 'a'))).toBe('already ended');
    expect(verdict(ask(state, 'b'))).toBe('already ended');
    expect(verdict(ask(state, 'a', { venueMs: noonMs + dayMs }))).toBe('granted');
  });

  test('an id taken over from the store as initialized does not stand in its own way, and stays counted while it is refused', () => {
    const taken = {
      ...requestOf('a'),
      reservationId: `reservation-${idOf('a')}`,
      grantedMs: noonMs,
      reduces: false,
    };
    const state = guardOf({
      reservations: [taken],
      recentGrantsMs: [noonMs],
      notionalByMinute: [{ minuteMs: noonMs, notional: '100' }],
      limits: { ...limits, maxOrdersPerMinute: 1, maxNotionalPerDay: '100' },
    });
    const granted = ask(state, 'a', { venueMs: noonMs + 1 });
    expect(verdict(granted)).toBe('granted');
    expect(granted.state.notionalByMinute.map(({ notional }) => notional)).toEqual(['100']);
    const refused = ask(state, 'a', { amount: '1.1', venueMs: noonMs + 1 });
    expect(verdict(refused)).toBe('notional a day would be 110, the limit is 100');
    expect(refused.state.reservations).toEqual([taken]);
  });
});

describe('the end of an order', () => {
  test('turns its reservation into position in one step, once', () => {
    const state = end(after('a', 'b'), 'a', '0.4');
    expect([state.positions, state.reservations.length, state.settledCount]).toEqual([{ [symbol]: '0.4' }, 1, 1]);
    expect(end(state, 'a', '0.4')).toEqual(state);
    const sold = end(ask(state, 's', { side: 'sell', amount: '0.4' }).state, 's', '0.4');
    expect(sold.positions).toEqual({});
  });
});

test('twenty thousand ended ids are kept, the newest', () => {
  const decided = Array.from({ length: 20_000 }, (_, index) => ({ clientOrderId: `id-${index}`, endedMs: noonMs }));
  const state = end(guardOf({ decided }), 'a', '0');
  expect(state.decided).toHaveLength(20_000);
  expect(state.decided.at(-1)).toEqual({ clientOrderId: idOf('a'), endedMs: noonMs });
  expect(state.decided[0]?.clientOrderId).toBe('id-1');
  const fuller = guardOf({ decided: [...decided, { clientOrderId: 'one more', endedMs: noonMs }] });
  expect(ask(fuller, 'a').state.decided).toHaveLength(20_000);
});

describe('positions read anew from the store', () => {
  const ledgerPositions = { [symbol]: '3', 'ETH/USDT': '0' };

  test('are the ledger’s without what orders under way have in it', () => {
    const state = told(after('a'), {
      type: 'synced',
      settledCount: 0,
      ledgerPositions,
      appliedByOrder: { [idOf('a')]: '0.25' },
    });
    expect(state.positions).toEqual({ [symbol]: '2.75' });
    expect(end(state, 'a', '1').positions).toEqual({ [symbol]: '3.75' });
  });

  test('without all of them that are under way in a symbol', () => {
    const state = told(after('a', 'b'), {
      type: 'synced',
      settledCount: 0,
      ledgerPositions,
      appliedByOrder: { [idOf('a')]: '0.25', [idOf('b')]: '0.5' },
    });
    expect(state.positions).toEqual({ [symbol]: '2.25' });
  });

  test('are dropped where the guard was rebuilt since', () => {
    const before = { ...after('a'), loadedMs: noonMs };
    const synced = { type: 'synced', settledCount: 0, ledgerPositions, appliedByOrder: { [idOf('a')]: '0' } } as const;
    expect(told(before, synced)).toEqual(before);
    expect(told(before, { ...synced, loadedMs: noonMs - 1 })).toEqual(before);
    expect(told(before, { ...synced, loadedMs: noonMs }).positions).toEqual({ [symbol]: '3' });
  });

  test.each<[string, number, Record<string, string>]>([
    ['an order has ended since', 1, { [idOf('a')]: '0', [idOf('b')]: '0' }],
    ['an order was granted since', 0, { [idOf('b')]: '0' }],
  ])('are dropped where %s', (_, settledCount, appliedByOrder) => {
    const before = after('b', 'a');
    expect(told(before, { type: 'synced', settledCount, ledgerPositions, appliedByOrder })).toEqual(before);
  });
});

/** What somebody does with a guard; `wait` is how long after the one before. */
type Move = Readonly<{
  what: 'reserve' | 'renew' | 'end';
  which: number;
  side: 'buy' | 'sell';
  amount: number;
  waitMs: number;
  /** Of a grant: whether it is the one that is used, and how long it takes to the venue. */
  used: boolean;
  takesMs: number;
}>;

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    what: fc.constantFrom('reserve', 'renew', 'renew', 'end'),
    which: fc.nat(7),
    side: fc.constantFrom('buy', 'sell'),
    amount: fc.integer({ min: 1, max: 4 }),
    waitMs: fc.constantFrom(0, 0, 300, 6_000, 81_000, 43_200_000),
    used: fc.boolean(),
    takesMs: fc.integer({ min: 0, max: grantLifeMs + timing.receiveWindowMs + timing.engineTimeMs - 1 }),
  }),
  { maxLength: 40 },
);

type Arrival = Readonly<{ atMs: number; notional: number; reduces: boolean }>;

/** Largest sum over any span of so many ms. */
const densest = (arrivals: readonly Arrival[], spanMs: number, of: (arrival: Arrival) => number): number =>
  Math.max(
    0,
    ...arrivals.map(({ atMs }) =>
      arrivals
        .filter((each) => each.atMs <= atMs && each.atMs > atMs - spanMs)
        .reduce((sum, each) => sum + of(each), 0),
    ),
  );

describe('whatever is asked, in whatever order, and however late a grant is used', () => {
  const strict = { ...limits, maxOrdersPerMinute: 2, maxNotionalPerDay: '1200' };

  test('the venue never sees more than the limits allow', () => {
    fc.assert(
      fc.property(moves, (some) => {
        let state = guardOf({ limits: strict });
        let venueMs = noonMs;
        const arrived = new Map<string, Arrival>();
        some.forEach(({ what, which, side, amount, waitMs, used, takesMs }, place) => {
          venueMs += waitMs;
          const open = state.reservations[which % Math.max(1, state.reservations.length)];
          if (what === 'end') {
            if (open !== undefined)
              state = stepGuard(state, {
                type: 'ended',
                clientOrderId: open.clientOrderId,
                executed: open.amount,
                venueMs,
              }).state;
            return;
          }
          const fresh = { ...requestOf(`p${place}`), side, amount: String(amount) };
          const request = what === 'renew' && open !== undefined ? open : fresh;
          const step = stepGuard(state, { type: 'reserve', request, venueMs });
          state = step.state;
          if (step.decision?.kind !== 'granted') return;
          const worst = Number(worstAmount(state, symbol) / 10n ** 18n) * 100;
          expect(step.decision.reduces || worst <= 2_000).toBe(true);
          // One grant of an id is used: the compare-and-set lets no second one through.
          if (used && !arrived.has(request.clientOrderId)) {
            const { reduces } = step.decision;
            const notional = Number(request.amount) * 100;
            arrived.set(request.clientOrderId, { atMs: venueMs + takesMs, notional, reduces });
          }
        });
        const arrivals = [...arrived.values()];
        const entries = arrivals.filter(({ reduces }) => !reduces);
        expect(densest(entries, minuteMs, () => 1)).toBeLessThanOrEqual(strict.maxOrdersPerMinute);
        expect(densest(arrivals, minuteMs, () => 1)).toBeLessThanOrEqual(strict.maxOrdersPerMinute + 5);
        expect(densest(entries, dayMs, ({ notional }) => notional)).toBeLessThanOrEqual(1_200);
      }),
      { numRuns: 2_000 },
    );
  });
});

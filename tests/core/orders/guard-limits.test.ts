import { describe, expect, test } from 'vitest';
import { graceMs, worstAmount } from '../../../core/orders/guard.ts';
import { idOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { ask, guardOf, limits, requestOf, timing, told, verdict } from './guard-fixtures.ts';

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

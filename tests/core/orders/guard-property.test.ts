import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grantLifeMs, stepGuard, worstAmount } from '../../../core/orders/guard.ts';
import { noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { guardOf, limits, requestOf, timing } from './guard-fixtures.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

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

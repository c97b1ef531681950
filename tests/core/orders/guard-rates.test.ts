import { describe, expect, test } from 'vitest';
import { minuteReserve } from '../../../core/orders/guard-rates.ts';
import { stepGuard } from '../../../core/orders/guard.ts';
import { noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { type Asked, ask, guardOf, limits, requestOf, verdict } from './guard-fixtures.ts';

const minuteOfNoon = [{ minuteMs: noonMs, notional: '100000' }];

/** As `ask`, with whether the guard trips. */
const trip = (state: Asked['state'], change: Parameters<typeof ask>[2] = {}) =>
  stepGuard(state, { type: 'reserve', request: requestOf('x', change), venueMs: noonMs }).trip;

describe('a runaway does not block the exit (reliability row 45)', () => {
  test.each([
    [1, 5],
    [20, 5],
    [21, 6],
    [60, 15],
    [6_000, 1_500],
  ])('of %d orders a minute, %d more are kept for what reduces', (most, more) => {
    expect(minuteReserve(most)).toBe(more);
  });

  test('what reduces passes the limit of a day that is spent, and stays counted', () => {
    const spent = guardOf({ positions: { [symbol]: '5' }, notionalByMinute: minuteOfNoon });
    expect(verdict(ask(spent, 'a'))).toBe('notional a day would be 100100, the limit is 100000');
    const sold = ask(spent, 'b', { side: 'sell', reduceOnly: true, protective: true });
    expect(sold.decision).toMatchObject({ kind: 'granted', reduces: true });
    expect(sold.state.notionalByMinute).toEqual([{ minuteMs: noonMs, notional: '100100' }]);
    // More than the position is no exit.
    expect(verdict(ask(spent, 'c', { side: 'sell', amount: '6' }))).toContain('notional a day');
  });

  test('orders a minute that entries have spent leave so many for what reduces, and no more', () => {
    const two = { ...limits, maxOrdersPerMinute: 2 };
    let state = guardOf({ limits: two, positions: { [symbol]: '10' }, recentGrantsMs: [noonMs, noonMs] });
    expect(verdict(ask(state, 'e'))).toBe('orders a minute: the limit is 2');
    for (let place = 0; place < 5; place += 1) {
      const sold = ask(state, `s${place}`, { side: 'sell' });
      expect(verdict(sold)).toBe('granted');
      ({ state } = sold);
    }
    expect(verdict(ask(state, 's5', { side: 'sell' }))).toBe('orders a minute: the limit is 2, and 5 for what reduces');
  });

  test('a rate that is met trips, once, and only by what increases', () => {
    const spent = guardOf({ positions: { [symbol]: '5' }, notionalByMinute: minuteOfNoon });
    expect(trip(spent)).toBe('notional a day would be 100100, the limit is 100000');
    expect(trip(spent, { side: 'sell' })).toBeUndefined();
    const busy = guardOf({ limits: { ...limits, maxOrdersPerMinute: 1 }, recentGrantsMs: [noonMs] });
    expect(trip(busy)).toBe('orders a minute: the limit is 1');
    for (const mode of ['REDUCING', 'HALTED'] as const) expect(trip({ ...busy, mode })).toBeUndefined();
    // One order that is too large, or a position that is, says nothing of who sends.
    expect(trip(guardOf(), { amount: '11' })).toBeUndefined();
    expect(trip(guardOf({ positions: { [symbol]: '20' } }))).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { idOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { after, ask, end, guardOf, limits, requestOf, verdict } from './guard-fixtures.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

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

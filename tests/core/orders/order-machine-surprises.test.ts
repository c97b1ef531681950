import { describe, expect, test } from 'vitest';
import { isSettled, type OrderEvent, stepOrder } from '../../../core/orders/order-machine.ts';
import type { VenueOrder } from '../../../core/orders/types.ts';
import { fillOf, intentOf, noonMs } from '../../contracts/order-fixtures.ts';
import { market, recordOf, seen, tell } from './order-machine-fixtures.ts';

describe('what an order does not expect (orders.md 4)', () => {
  test('a status that is behind the fills that came with it does not keep the order open', () => {
    const fills = ['1', '2', '3'].map((tradeId) => fillOf(tradeId));
    for (const order of [seen('accepted', '0'), seen('partiallyFilled', '0.02')]) {
      const { record } = tell(recordOf('submitted'), [{ type: 'sighted', order, fills }]);
      expect(record).toMatchObject({ state: 'filled', appliedExecuted: '0.03', venueExecuted: '0.03' });
    }
  });

  test('what the venue says of fills that have not come is owed: the order has ended, and is not settled', () => {
    const { record } = tell(recordOf('accepted'), [{ type: 'sighted', order: seen('filled', '0.03'), fills: [] }]);
    expect(record).toMatchObject({ state: 'filled', venueExecuted: '0.03', appliedExecuted: '0' });
    expect(isSettled(record)).toBe(false);
    // A status that is behind takes nothing of it back.
    const again = tell(record, [{ type: 'sighted', order: seen('partiallyFilled', '0.01'), fills: [fillOf('1')] }]);
    expect(again.record).toMatchObject({ state: 'filled', venueExecuted: '0.03', appliedExecuted: '0.01' });
  });

  test.each(['denied', 'rejected', 'notSent'] as const)(
    'a fill of one that is %s by our record, told once',
    (state) => {
      const event: OrderEvent = { type: 'filled', fills: [fillOf('1'), fillOf('2')] };
      const { record, alerts } = tell(recordOf(state), [event, { type: 'filled', fills: [fillOf('3')] }]);
      expect(record).toMatchObject({ state, appliedExecuted: '0.03' });
      expect(alerts.filter(({ key }) => key.endsWith(':undead'))).toMatchObject([{ severity: 'BLACK' }]);
    },
  );

  test('a second order under its id is told once, however many of its fills come together', () => {
    const fills = ['1', '2'].map((tradeId) => fillOf(tradeId, { venueOrderId: '666' }));
    const { alerts } = tell(recordOf('accepted', { venueOrderId: '9001' }), [{ type: 'filled', fills }]);
    expect(alerts.map(({ key }) => key.split(':').slice(1).join(':'))).toEqual(['doubled:666']);
  });

  test('what only a person has to look at halts nothing', () => {
    const before = recordOf('accepted', { venueOrderId: '9001', venueExecuted: '0.01', appliedExecuted: '0.01' });
    const event: OrderEvent = { type: 'filled', fills: [fillOf('1', { fee: '0.5' })] };
    const change = stepOrder(before, event, { atMs: noonMs, market, knownFills: [fillOf('1')], ledgerDecimals: 8 });
    expect(change?.alerts).toHaveLength(1);
    expect(change).not.toHaveProperty('haltSymbol');
  });

  test('a stop that the venue shows as a limit is another order', () => {
    const stop = { ...intentOf('machine'), type: 'stopMarket', stopPrice: '60000' } as const;
    const before = recordOf('accepted', { intent: stop, venueOrderId: '9001' });
    const shown = (type: VenueOrder['type']) =>
      tell(before, [{ type: 'sighted', order: seen('accepted', '0', { type }), fills: [] }]).alerts.map(
        ({ text }) => text,
      );
    expect(shown('limit')).toEqual(['the venue shows buy limit, we decided buy stopMarket']);
    expect(shown('stopMarket')).toEqual([]);
    expect(shown('market')).toEqual([]);
  });
});

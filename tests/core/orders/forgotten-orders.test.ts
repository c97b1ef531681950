import { describe, expect, test } from 'vitest';
import { forgottenNotional, isForgotten, looseFills } from '../../../core/orders/forgotten-orders.ts';
import { bucketsOf, bucketsSince, largestOf, notionalSum } from '../../../core/orders/notional-by-minute.ts';
import type { Fill, OrderIntent } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { fillOf, idOf, intentOf, noonMs, orderRecordOf, symbol } from '../../contracts/order-fixtures.ts';

const minuteMs = 60_000;
const safeMs = noonMs + 20_000;

/** Found at the venue: 2 at 100, and this store never sent it. */
const foundRow = (name: string, change: Partial<OrderRecord> = {}, intent: Partial<OrderIntent> = {}): OrderRecord =>
  orderRecordOf(intentOf(name, { amount: '2', price: '100', ...intent }), 'canceled', {
    venueOrderId: `at-venue-${name}`,
    ownerWorkflowId: '',
    ...change,
  });

const fillAt = (tradeId: string, name: string, venueMs: number, change: Partial<Fill> = {}): Fill =>
  fillOf(tradeId, { venueOrderId: `at-venue-${name}`, venueMs, amount: '0.5', quoteAmount: '51', ...change });

const spent = (records: readonly OrderRecord[], fills: readonly Fill[] = [], prices: Record<string, string> = {}) =>
  forgottenNotional({ records, fills, prices, safeMs });

const at = (venueMs: number, notional: string) => [{ minuteMs: Math.floor(venueMs / minuteMs) * minuteMs, notional }];

describe('orders that a backup has forgotten', () => {
  const submission = { timestampMs: noonMs, deadlineMs: noonMs + 5_000 };
  const { venueOrderId: _, ...unseen } = foundRow('unseen', { state: 'denied' });

  test.each<[string, OrderRecord, boolean]>([
    ['adopted under an id of ours', foundRow('a'), true],
    ['taken over by the workflow that came back to it', foundRow('a', { ownerWorkflowId: 'order-execution:1' }), true],
    ['denied by our record, and traded', { ...unseen, appliedExecuted: '1' }, true],
    ['denied by our record, and never seen', unseen, false],
    ['sent from this store', foundRow('a', { submission }), false],
    ['of others', foundRow('a', {}, { clientOrderId: 'venue:binance-main:binance:BTC/USDT:77' }), false],
  ])('%s: %#', (_what, record, expected) => {
    expect(isForgotten(record)).toBe(expected);
    expect(spent([record])).toEqual(expected ? at(safeMs, '200') : []);
  });

  test('count whole, at their last fill, or as late as they may have been accepted', () => {
    const filled = foundRow('a', { state: 'partiallyFilled' });
    const fills = [fillAt('1', 'a', noonMs - 7 * minuteMs), fillAt('2', 'a', noonMs - 5 * minuteMs)];
    expect(spent([filled], fills)).toEqual(at(noonMs - 5 * minuteMs, '200'));
    expect(spent([filled])).toEqual(at(safeMs, '200'));
  });

  test('never count less than they traded for', () => {
    expect(spent([foundRow('a', {}, { amount: '0.5' })], [fillAt('1', 'a', noonMs)])).toEqual(at(noonMs, '51'));
  });

  test('without a limit are valued at what they traded at, else by their stop, else at the price of now', () => {
    const { price: __, ...market } = intentOf('a', { amount: '2', type: 'market' });
    const row = { ...foundRow('a'), intent: market };
    expect(spent([row], [fillAt('1', 'a', noonMs)], { [symbol]: '90' })).toEqual(at(noonMs, '204'));
    expect(spent([row], [], { [symbol]: '90' })).toEqual(at(safeMs, '180'));
    expect(spent([row])).toEqual(at(safeMs, '0'));
    const stop = { ...row, intent: { ...market, type: 'stopMarket', stopPrice: '95' } as const };
    expect(spent([stop], [], { [symbol]: '90' })).toEqual(at(safeMs, '190'));
  });

  test('of which only fills are left count by them, each order by itself; those of others do not', () => {
    const fills = [
      fillAt('1', 'a', noonMs),
      fillAt('2', 'a', noonMs + 1_000),
      fillAt('3', 'b', noonMs + minuteMs, { clientOrderId: idOf('b') }),
      fillAt('4', 'c', noonMs, { clientOrderId: 'web_1' }),
    ];
    expect(spent([], fills)).toEqual([...at(noonMs, '102'), ...at(noonMs + minuteMs, '51')]);
    expect(looseFills([], fills).map((its) => its.map(({ tradeId }) => tradeId))).toEqual([['1', '2'], ['3'], ['4']]);
  });

  test('whose fills have a row of any kind count by that alone', () => {
    const sent = foundRow('sent', { submission });
    const others = foundRow('others', {}, { clientOrderId: 'venue:binance-main:binance:BTC/USDT:77' });
    const named = { ...unseen, submission };
    const fills = [
      fillAt('1', 'sent', noonMs),
      fillAt('2', 'others', noonMs),
      fillAt('3', 'elsewhere', noonMs, { clientOrderId: idOf('unseen') }),
    ];
    expect(looseFills([sent, others, named], fills)).toEqual([]);
    expect(spent([sent, others, named], fills)).toEqual([]);
    // The same id of the venue in another market is another order.
    expect(looseFills([sent], [fillAt('1', 'sent', noonMs, { symbol: 'ETH/USDT' })])).toHaveLength(1);
  });

  test('whose workflow came back, and was denied, after their fills were adopted count by the row', () => {
    const fills = [fillAt('1', 'unseen', noonMs, { clientOrderId: idOf('unseen') })];
    expect(spent([unseen], fills)).toEqual(at(noonMs, '200'));
    expect(looseFills([unseen], fills)).toEqual([]);
  });

  test('a trade without its order is not taken for one of a row that has no id of the venue', () => {
    expect(spent([unseen], [fillAt('1', '', noonMs, { venueOrderId: '' })])).toEqual(at(noonMs, '51'));
  });
});

describe('notional by the minute', () => {
  test('sums what falls into one, oldest first', () => {
    const one = 10n ** 18n;
    expect(
      bucketsOf([
        { venueMs: noonMs + minuteMs, notional: 3n * one },
        { venueMs: noonMs + 59_999, notional: 2n * one },
        { venueMs: noonMs, notional: one },
      ]),
    ).toEqual([...at(noonMs, '3'), ...at(noonMs + minuteMs, '3')]);
  });

  test('of two accounts the larger one counts, minute by minute', () => {
    const left = [...at(noonMs, '9'), ...at(noonMs + minuteMs, '10')];
    const right = [...at(noonMs - minuteMs, '1'), ...at(noonMs, '10'), ...at(noonMs + minuteMs, '9')];
    const both = [...at(noonMs - minuteMs, '1'), ...at(noonMs, '10'), ...at(noonMs + minuteMs, '10')];
    expect(largestOf(left, right)).toEqual(both);
    expect(largestOf(right, left)).toEqual(both);
    expect(notionalSum(both)).toBe(21n * 10n ** 18n);
  });

  test('a minute counts until the period has left it behind whole', () => {
    const buckets = [...at(noonMs, '1'), ...at(noonMs + minuteMs, '2')];
    expect(bucketsSince(buckets, noonMs + minuteMs - 1)).toEqual(buckets);
    expect(bucketsSince(buckets, noonMs + minuteMs)).toEqual(at(noonMs + minuteMs, '2'));
  });
});

import { describe, expect, test } from 'vitest';
import { recentOrders, unsettledOrders } from '../../../core/order-desk/open-records.ts';
import type { OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import { createMemoryStore } from '../../sim/memory-store.ts';
import { account, idOf, intentOf, noonMs, orderRecordOf } from '../../contracts/order-fixtures.ts';

const dayMs = 86_400_000;

function storeOf(...records: readonly OrderRecord[]): OrderStore {
  const store = createMemoryStore();
  for (const record of records) {
    store.held.state.orders.set(record.intent.clientOrderId, { record, adopted: false, lastChange: '' });
  }
  return store;
}

const names = (records: readonly OrderRecord[]) => records.map(({ intent }) => intent.leg).toSorted();

const row = (name: string, state: OrderRecord['state'], change: Partial<OrderRecord> = {}) =>
  orderRecordOf(intentOf(name), state, change);

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    row(`n${index}`, 'accepted', { createdMs: noonMs + Math.floor(index / 3) }),
  );

describe('rows that have not ended, or whose fills are not all applied', () => {
  test('each of them, and no other', async () => {
    const store = storeOf(
      row('open', 'accepted'),
      row('unknown', 'unknown'),
      row('waits', 'initialized'),
      row('owed', 'filled', { venueExecuted: '0.03', appliedExecuted: '0.02' }),
      row('whole', 'filled', { venueExecuted: '0.03', appliedExecuted: '0.03' }),
      row('denied', 'denied'),
      orderRecordOf(intentOf('others', { account: 'kraken-main' }), 'accepted'),
    );
    expect(names(await unsettledOrders(store, account))).toEqual(['open', 'owed', 'unknown', 'waits']);
  });

  test.each([999, 1_000, 1_001, 2_300])('%i of them: page by page, none twice and none left out', async (count) => {
    const found = await unsettledOrders(storeOf(...numbered(count)), account);
    expect(found).toHaveLength(count);
    expect(new Set(names(found)).size).toBe(count);
    expect(found[0]?.createdMs).toBe(noonMs + Math.floor((count - 1) / 3));
  });

  test('20,000 at most', async () => {
    const found = await unsettledOrders(storeOf(...numbered(20_400)), account);
    expect(found).toHaveLength(20_000);
    expect(new Set(names(found)).size).toBe(20_000);
  });

  test('none', async () => {
    expect(await unsettledOrders(storeOf(), account)).toEqual([]);
  });
});

describe('what limits are counted by: what is not settled, and all of the last 24 hours', () => {
  test('each row once', async () => {
    const store = storeOf(
      row('open now', 'accepted'),
      row('open long', 'accepted', { createdMs: noonMs - 30 * dayMs }),
      row('ended now', 'filled'),
      row('ended at the edge', 'canceled', { createdMs: noonMs - dayMs }),
      row('ended long', 'filled', { createdMs: noonMs - dayMs - 1 }),
    );
    const found = await recentOrders(store, account, noonMs);
    expect(names(found)).toEqual(['ended at the edge', 'ended now', 'open long', 'open now']);
    expect(found.map(({ intent }) => intent.clientOrderId)).toContain(idOf('open long'));
  });
});

import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createAccountBooks } from '../../adapters/temporal/client/account-books.ts';
import { type OrderTestDesk, startOrderDesk } from '../order-desk.ts';
import { idOf } from '../contracts/order-fixtures.ts';
import { needsServer } from '../temporal-server.ts';

const opened: OrderTestDesk[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((desk) => desk.stop()));
});

async function open(name?: string): Promise<OrderTestDesk> {
  const desk = await startOrderDesk({ ...(name !== undefined && { name }) });
  opened.push(desk);
  return desk;
}

const buy = { symbol: 'BTC/USDT', side: 'buy', amount: '0.01' } as const;

describe('two desks on one Temporal server, with the same queues and names of accounts', () => {
  needsServer();

  test('an order of one is never done by a worker of the other', async () => {
    const name = randomUUID().slice(0, 8);
    const [here, there] = [await open(name), await open(name)];
    const storeId = await here.store.identity();
    expect(await there.store.identity()).not.toBe(storeId);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => here.run({ ...buy, storeId })));
    const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [String(each.reason.cause)] : []));
    for (const failure of failures) expect(failure).toContain('another desk');
    expect(await there.truth()).toEqual([]);
    expect(await there.store.orders({})).toEqual([]);
  }, 120_000);

  test('an order that names no store is anybody’s, one of another store is refused', async () => {
    const desk = await open();
    expect((await desk.run({ ...buy, storeId: await desk.store.identity() })).last).toMatchObject({ state: 'filled' });
    await expect(desk.run({ ...buy, storeId: 'f'.repeat(16) })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('TEMPORAL_NAMESPACE') },
    });
    expect(await desk.truth()).toHaveLength(1);
  }, 60_000);

  test('a guard answers for the store that it was loaded from alone', async () => {
    const desk = await open();
    const request = { clientOrderId: idOf('a'), ...buy, price: '65000', reduceOnly: false, protective: false };
    const ask = (storeId: string) => {
      const argument = { request, venueMs: Date.now(), storeId };
      return desk.guards.update(desk.names.spot, { name: 'reserve', argument, updateId: storeId });
    };
    expect(await ask(await desk.store.identity())).toMatchObject({ kind: 'granted' });
    expect(await ask('f'.repeat(16))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('another desk'),
    });
  }, 60_000);

  test('books refuse what another desk wants', async () => {
    const desk = await open();
    const books = createAccountBooks({ client: desk.client, taskQueue: desk.queue });
    const want = { ...buy, intentId: randomUUID(), book: 'STR-001', reason: 'test', storeId: 'f'.repeat(16) };
    await books.want(desk.names.spot, want);
    await expect
      .poll(() => books.status(desk.names.spot, want.intentId))
      .toMatchObject({ result: { kind: 'refused', reason: expect.stringContaining('another desk') } });
    expect(await desk.store.orders({})).toEqual([]);
  }, 60_000);
});

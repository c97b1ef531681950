import { afterEach, describe, expect, test } from 'vitest';
import { type OrderTestDesk, startOrderDesk } from '../order-desk.ts';
import { needsServer } from '../temporal-server.ts';
import { hangs, scriptedCompute, startTestDesk, strategyIds, type TestDesk } from '../test-desk.ts';

let orders: OrderTestDesk | undefined;
let desk: TestDesk | undefined;

afterEach(async () => {
  await orders?.stop();
  await desk?.stop();
  orders = undefined;
  desk = undefined;
});

describe('the queue of orders', () => {
  needsServer();

  test('is not the compute queue: an order is filled while every slot there is taken and more wait', async () => {
    const compute = scriptedCompute(strategyIds(40), (_job, _attempt, signal) => hangs(signal));
    desk = await startTestDesk(compute, { threads: 2 });
    const run = await desk.start({ workers: 40 });
    await expect.poll(() => compute.calls.length).toBe(2);
    orders = await startOrderDesk();
    expect(await orders.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.001' })).toMatchObject({
      last: { state: 'filled' },
    });
    expect(compute.calls).toHaveLength(2); // full from beginning to end
    await run.cancel();
    await run.result().catch(() => {}); // cancelled, as asked
  });

  test('has room for an order while more orders rest than it has slots', async () => {
    orders = await startOrderDesk();
    const price = await orders.price(orders.names.spot, 'BTC/USDT');
    const resting = { symbol: 'BTC/USDT', side: 'buy', amount: '0.0002', price: (price * 0.9).toFixed(2) } as const;
    const start = orders.start;
    const handles = await Promise.all(Array.from({ length: 12 }, () => start(resting)));
    const accepted = async () => (await orders?.store.orders({ states: ['accepted'] }))?.length;
    await expect.poll(accepted).toBe(12);
    expect(await orders.run({ symbol: 'BTC/USDT', side: 'buy', amount: '0.001' })).toMatchObject({
      last: { state: 'filled' },
    });
    await orders.guard().executeUpdate('halt', { args: [{ reason: 'the test is over', by: 'tester' }] });
    await Promise.all(handles.map((handle) => handle.result()));
  });
});

import { expect, test } from 'vitest';
import { startOrderDesk } from '../order-desk.ts';
import { needsServer } from '../temporal-server.ts';

needsServer();

test('an order whose workflow was ended by force rests no longer than it may', async () => {
  const desk = await startOrderDesk();
  try {
    const price = await desk.price(desk.names.spot, 'BTC/USDT');
    const resting = { symbol: 'BTC/USDT', side: 'buy', amount: '0.01', price: (price * 0.9).toFixed(2) } as const;
    const open = async () => desk.store.orders({ account: desk.names.spot, states: ['accepted'] });
    // One whose time is over long before the test is, and one that may rest for good.
    const handles = [await desk.start({ ...resting, restMs: 20_000 }), await desk.start(resting)];
    await expect.poll(async () => (await open()).length, { timeout: 30_000 }).toBe(2);
    for (const handle of handles) await handle.terminate('ended by force');
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBe(1);
    const [ended] = await desk.store.orders({ account: desk.names.spot, states: ['canceled'] });
    expect(ended?.intent.restMs).toBe(20_000);
    expect(await desk.truth(ended?.intent.clientOrderId)).toMatchObject([{ status: 'canceled' }]);
    const [kept] = await open();
    expect(await desk.truth(kept?.intent.clientOrderId)).toMatchObject([{ status: 'open' }]);
  } finally {
    await desk.stop();
  }
}, 120_000);

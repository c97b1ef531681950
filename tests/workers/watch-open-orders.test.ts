import { afterEach, describe, expect, test } from 'vitest';
import { watchOpenOrders } from '../../workers/watch-open-orders.ts';
import { statusQuery } from '../../workflows/order-messages.ts';
import { type OrderTestDesk, startOrderDesk } from '../order-desk.ts';
import { needsServer } from '../temporal-server.ts';

let opened: OrderTestDesk | undefined;

afterEach(async () => {
  await opened?.stop();
  opened = undefined;
});

const statusOf = async (desk: OrderTestDesk) => (await desk.guard().describe()).status.name;

describe('a worker that starts', () => {
  needsServer();

  test('sees to the guards of accounts that have orders under way, and of no others', async () => {
    const desk = (opened = await startOrderDesk());
    const watch = (isSetUp: (account: string) => boolean) =>
      watchOpenOrders({ orders: desk.store, isSetUp, start: desk.guards.start });
    expect(await watch(() => true)).toEqual([]);
    const limit = ((await desk.price(desk.names.spot, 'BTC/USDT')) * 0.9).toFixed(2);
    const resting = await desk.start({ symbol: 'BTC/USDT', side: 'buy', amount: '0.01', price: limit });
    await expect.poll(() => resting.query(statusQuery), { timeout: 20_000 }).toMatchObject({ state: 'accepted' });
    await desk.guard().terminate('its server was lost');
    expect(await watch(() => false)).toEqual([]);
    expect(await statusOf(desk)).toBe('TERMINATED');
    expect(await watch(() => true)).toEqual([desk.names.spot]);
    expect(await watch(() => true)).toEqual([desk.names.spot]);
    expect(await statusOf(desk)).toBe('RUNNING');
    await resting.terminate('the test is over');
  }, 60_000);
});

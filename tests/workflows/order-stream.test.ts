import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { statusQuery } from '../../workflows/order-messages.ts';
import type { OrderTestDesk } from '../order-desk.ts';
import { orderDesks } from '../order-desks.ts';
import { needsServer } from '../temporal-server.ts';

const startDesk = orderDesks();

function open(ordersEverySeconds: number): Promise<OrderTestDesk> {
  const every = `orders_every_seconds: ${ordersEverySeconds}, positions_every_seconds: ${ordersEverySeconds}`;
  return startDesk({ settings: `reconcile: { ${every} }\n` });
}

/** Markets of the three venues whose streams we speak, and the decimals of a price there. */
const markets = [
  ['spot', 'BTC/USDT', 2],
  ['usdm', 'BTC/USDT:USDT', 1],
  ['kraken', 'BTC/USD', 1],
] as const;

type Market = readonly [name: (typeof markets)[number][0], symbol: string, decimals: number];

/** A buy order that rests, and the price that fills it. */
async function rest(desk: OrderTestDesk, [name, symbol, decimals]: Market) {
  const account = desk.names[name];
  const price = await desk.price(account, symbol);
  const limit = (price * 0.995).toFixed(decimals);
  const handle = await desk.start({ account, symbol, side: 'buy', amount: '0.01', price: limit });
  await expect.poll(() => handle.query(statusQuery)).toMatchObject({ phase: 'following', state: 'accepted' });
  return { handle, filledAt: price * 0.99 };
}

const hasEnded = async (handle: WorkflowHandle) => (await handle.describe()).status.name;

/** Less than the minute after which a resting order is looked at in any case. */
const soon = { timeout: 40_000 };

describe('the own stream of an account', () => {
  needsServer();

  test.each(markets)('%s: a fill is found by it long before the venue is asked again', async (...market) => {
    const desk = await open(3_600);
    const { handle, filledAt } = await rest(desk, market);
    await desk.control('price', { symbol: 'BTC', price: filledAt });
    await expect.poll(() => hasEnded(handle), soon).toBe('COMPLETED');
    expect(await handle.result()).toMatchObject({ last: { state: 'filled', executed: '0.01' } });
  });

  test('cut while the order is filled: what was missed is asked for when it is up again', async () => {
    const desk = await open(3_600);
    const { handle, filledAt } = await rest(desk, markets[0]);
    await expect.poll(() => desk.control('disconnect', { match: 'ws-api' })).toEqual({ closed: 1 });
    await desk.control('price', { symbol: 'BTC', price: filledAt });
    await expect.poll(() => hasEnded(handle), soon).toBe('COMPLETED');
  });

  test('silent for good: the fill is found by asking', async () => {
    const desk = await open(1);
    const { handle, filledAt } = await rest(desk, markets[0]);
    await desk.control('fault', { kind: 'gap', match: { stream: 'user' } });
    const account = desk.exchange.accounts[0]?.id;
    const other = { venue: 'binanceSpot', symbol: 'BTCUSDT', side: 'sell', quantity: '0.001', account };
    const untold = async () => {
      await desk.control('order-as', other);
      return strikes(desk);
    };
    await expect.poll(untold).toContain('gap');
    await desk.control('price', { symbol: 'BTC', price: filledAt });
    expect(await handle.result()).toMatchObject({ last: { state: 'filled', executed: '0.01' } });
  });

  test('refused by the venue: the order goes its way all the same', async () => {
    const desk = await open(1);
    await desk.control('fault', { kind: 'http', match: { path: 'listenKey' }, args: { status: 401 } });
    const { handle, filledAt } = await rest(desk, markets[1]);
    await desk.control('price', { symbol: 'BTC', price: filledAt });
    expect(await handle.result()).toMatchObject({ last: { state: 'filled', executed: '0.01' } });
    expect(await strikes(desk)).toContain('http');
  });
});

/** What has gone wrong, by the venue's own record. */
async function strikes(desk: OrderTestDesk): Promise<readonly string[]> {
  const { faults } = (await desk.control('truth')) as { faults: { strikes: { kind: string }[] } };
  return faults.strikes.map(({ kind }) => kind);
}

import { describe, expect, test } from 'vitest';
import { statusQuery } from '../../workflows/order-messages.ts';
import type { OrderTestDesk } from '../order-desk.ts';
import { orderDesks } from '../order-desks.ts';
import { needsServer } from '../temporal-server.ts';

const open = orderDesks();

/** Its workers know nothing of the account, on which somebody has bought 0.75 BTC by hand: about 48,900. */
async function deskAfterTrade(): Promise<OrderTestDesk> {
  // A keeper's own rounds are too seldom to help.
  const settings =
    'limits: { max_position_notional: 50000 }\nreconcile: { orders_every_seconds: 600, positions_every_seconds: 600 }\n';
  const opened = await open({ settings });
  const account = opened.exchange.accounts[0]?.id;
  await opened.control('order-as', {
    venue: 'binanceSpot',
    account,
    symbol: 'BTCUSDT',
    side: 'buy',
    quantity: '0.75',
  });
  return opened;
}

/** Kinds of the faults that have struck. */
async function strikes(desk: OrderTestDesk): Promise<string[]> {
  const { faults } = (await desk.control('truth')) as { faults: { strikes: { kind: string }[] } };
  return faults.strikes.map(({ kind }) => kind);
}

const buy = { symbol: 'BTC/USDT', side: 'buy', amount: '0.1' } as const;

describe('the first order of a process (orders.md 8)', () => {
  needsServer();

  test('waits for a whole reconciliation: what was traded by hand counts against its limits', async () => {
    const desk = await deskAfterTrade();
    const { last } = await desk.run(buy);
    expect(last).toMatchObject({ state: 'denied', reason: expect.stringContaining('position') });
    expect(await desk.truth()).toHaveLength(1);
    expect((await desk.run({ ...buy, side: 'sell' })).last).toMatchObject({ state: 'filled' });
  }, 60_000);

  test('is not sent while the venue does not answer all of it, and is decided once it does', async () => {
    const desk = await deskAfterTrade();
    await desk.control('fault', { kind: 'http', args: { status: 503 }, match: { path: 'openOrders' } });
    const started = await desk.start(buy);
    await expect.poll(() => strikes(desk)).toContain('http');
    expect(await started.query(statusQuery)).toMatchObject({ state: 'initialized' });
    await desk.control('faults/clear', {});
    expect((await started.result()).last).toMatchObject({ state: 'denied' });
  }, 60_000);
});

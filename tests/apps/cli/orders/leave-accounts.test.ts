import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAccounts } from '../../../../adapters/credentials/open-accounts.ts';
import { type SimulatedExchange, startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { leaveAccounts } from '../../../../apps/cli/orders/leave-accounts.ts';
import type { TradingDesk } from '../../../../apps/cli/orders/trading-desk.ts';
import { intentOf, noonMs } from '../../../contracts/order-fixtures.ts';
import { writeAccounts } from '../../../order-desk.ts';

let folder: string;
let exchange: SimulatedExchange;
let trading: TradingDesk;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-leave-'));
  exchange = await startSimulatedExchange({ seed: 5, source: { kind: 'scripted' }, krakenTier: 'pro' });
  const config = join(folder, 'config');
  const environment = writeAccounts(config, exchange, { spot: 'spot', kraken: 'kraken', usdm: 'usdm' });
  const accounts = openAccounts({ folder: config, stateFolder: folder, environment });
  const orders = openSqliteOrderStore(join(folder, 'orders.sqlite'));
  trading = {
    orders,
    accounts,
    of: async (account) => ({
      account,
      orders,
      exchange: await accounts.exchange(account),
      nowMs: Date.now,
      pause: () => Promise.reject(new Error('nobody waits here')),
    }),
    close: () => accounts.close(),
  };
});

afterEach(async () => {
  await trading.close();
  trading.orders.close();
  await exchange.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An order at the venue; of ours, it is in the store too. */
async function rest(account: string, symbol: string, clientOrderId?: string): Promise<void> {
  const intent = intentOf(account, { account, symbol, amount: '0.01', price: '50000' });
  if (clientOrderId === undefined) await trading.orders.putIntent(intent, 'a venue', 'order:x', noonMs);
  const { exchange: venue } = await trading.of(account);
  const timestampMs = await venue.serverTimeMs();
  const sent = clientOrderId === undefined ? intent : { ...intent, clientOrderId };
  const outcome = await venue.createOrder(sent, { timestampMs, deadlineMs: timestampMs + 5_000 });
  if (outcome.kind === 'failed') throw new Error(outcome.failure.message);
}

const leave = (account: string) => leaveAccounts(trading, { account, serverEnded: true });

test('every account that a worker had watched is told, each with its switch', async () => {
  await rest('spot', 'BTC/USDT');
  await rest('usdm', 'BTC/USDT:USDT');
  await rest('usdm', 'BTC/USDT:USDT', 'web-1');
  expect(await leave('kraken')).toEqual([
    { account: 'spot', orders: 1, ofOthers: 0, deadManSwitch: 'switch not armed: the venue has none' },
    { account: 'usdm', orders: 2, ofOthers: 1, deadManSwitch: expect.stringMatching(/^switch armed for BTC/) },
  ]);
  const armed = exchange.simulation.log.entries.filter(({ path }) => path.endsWith('countdownCancelAll')).at(-1);
  expect(armed?.parameters).toContain('countdownTime=60000');
});

test('orders of others alone are nobody’s to keep', async () => {
  await rest('spot', 'BTC/USDT', 'web-1');
  expect(await leave('spot')).toEqual([]);
});

test('a venue that does not answer is told too', async () => {
  await trading.accounts.exchange('spot'); // its key was looked at before
  await exchange.close();
  expect(await leave('spot')).toEqual([{ account: 'spot', failure: expect.stringMatching(/\w/) }]);
});

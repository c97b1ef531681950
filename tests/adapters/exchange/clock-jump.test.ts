import { expect, onTestFinished, test } from 'vitest';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { fundedAccount } from '../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import {
  binanceSpotVenue,
  binanceUsdmVenue,
  otherVenue,
  type SimulatedVenue,
} from '../../contracts/exchange/simulated-stand.ts';
import { control } from './simulated/raw-client.ts';

const cases: readonly (readonly [name: string, venue: SimulatedVenue])[] = [
  ['Binance spot', binanceSpotVenue],
  ['Binance USD-M', binanceUsdmVenue],
  ['a venue through ccxt', otherVenue],
];

async function openAt({ account, simulated, path }: SimulatedVenue) {
  const owner = fundedAccount(7, 'owner');
  const simulation = await startSimulatedExchange({
    venues: [simulated],
    accounts: [owner],
    source: { kind: 'scripted' },
    takersPerSecond: 0,
    historyMinutes: 5,
    rateLimits: false,
  });
  const keys = { apiKey: createSecret(owner.apiKey), secret: createSecret(owner.secret) };
  const exchange = await openExchange({ name: 'test', baseUrl: `${simulation.url}${path}`, ...account }, keys);
  onTestFinished(async () => {
    await exchange.close();
    await simulation.close();
  });
  const jump = (ms: number) => control(simulation, '/fault', { kind: 'clock-skew', args: { ms } });
  return { simulation, exchange, jump };
}

// The venue takes no request that is 5 s old or 1 s early.
test.each(cases)('%s: reads, looks and cancels go on when the venue’s clock jumps', async (_, venue) => {
  const { simulation, exchange, jump } = await openAt(venue);
  const { symbol } = venue;
  expect(await exchange.openOrders(symbol)).toEqual([]);
  const query = { symbol, clientOrderId: 'nobody-1', sinceMs: await exchange.venueTimeMs() };
  for (const ms of [60_000, 0, -60_000]) {
    await jump(ms);
    expect(await exchange.openOrders(symbol)).toEqual([]);
    expect((await exchange.balances()).length).toBeGreaterThan(0);
    await jump(ms / 2);
    expect(await exchange.findOrder(query)).toEqual({ fills: [] });
    expect(await exchange.cancelAll(symbol)).toEqual({ kind: 'canceled' });
  }
  const refusals = simulation.simulation.log.entries.filter(({ status }) => status === 400);
  expect(refusals.length).toBeGreaterThanOrEqual(4);
});

test.each(cases)('%s: what an order is signed by is asked again until the clock goes evenly', async (_, venue) => {
  const { simulation, exchange, jump } = await openAt(venue);
  const { entries } = simulation.simulation.log;
  await exchange.venueTimeMs();
  await jump(20_000);
  await exchange.serverTimeMs(); // sees the jump
  const before = entries.length;
  const venueMs = await exchange.venueTimeMs();
  expect(entries.slice(before).map(({ path }) => path)).toEqual([expect.stringContaining('time')]);
  expect(venueMs).toBeGreaterThan(Date.now() + 10_000);
  await exchange.venueTimeMs();
  expect(entries).toHaveLength(before + 1);
});

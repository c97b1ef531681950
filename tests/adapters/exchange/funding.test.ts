import { expect, test } from 'vitest';
import { createClient } from '../../../adapters/exchange/ccxt/client.ts';
import { createSession } from '../../../adapters/exchange/ccxt/session.ts';
import { otherErrors } from '../../../adapters/exchange/errors/other.ts';
import { createMarketTable } from '../../../adapters/exchange/market-table.ts';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { createOtherExchange } from '../../../adapters/exchange/other/exchange.ts';
import { readOtherMarket } from '../../../adapters/exchange/other/read.ts';
import { otherRates } from '../../../adapters/exchange/rate-budget/other.ts';
import { createRateBudget } from '../../../adapters/exchange/rate-budget/rate-budget.ts';
import { fundedAccount } from '../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createVenueClock } from '../../../adapters/exchange/venue-clock.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { noMemory, reconcileAccount } from '../../../core/order-desk/reconcile-account.ts';
import type { OrderDesk } from '../../../core/order-desk/desk.ts';
import type { Exchange } from '../../../core/ports/exchange.ts';
import { allFunding } from '../../contracts/exchange/funding.ts';
import { accept } from '../../contracts/exchange/stand.ts';
import { createMemoryStore } from '../../sim/memory-store.ts';
import { control } from './simulated/raw-client.ts';

const symbol = 'BTC/USDT:USDT';
const hourMs = 3_600_000;
const periodMs = 8 * hourMs;
const owner = fundedAccount(7, 'owner');
const keys = { apiKey: createSecret(owner.apiKey), secret: createSecret(owner.secret) };

/** USD-M with prices that stand, an hour a step, half an hour from any funding: in its first minutes balances wait. */
async function openVenue() {
  const simulation = await startSimulatedExchange({
    seed: 7,
    venues: ['binanceUsdm'],
    accounts: [owner],
    clock: { mode: 'real', skewMs: hourMs / 2 - (Date.now() % hourMs) },
    source: { kind: 'scripted' },
    takersPerSecond: 0,
    historyMinutes: 5,
    rateLimits: false,
    stepMs: hourMs,
  });
  const baseUrl = `${simulation.url}/bfut`;
  const exchange = await openExchange({ name: 'test', venue: 'binanceusdm', baseUrl }, keys);
  return {
    baseUrl,
    exchange,
    pass: (periods: number) => control(simulation, '/advance', { ms: periods * periodMs }),
    close: async () => {
      await exchange.close();
      await simulation.close();
    },
  };
}

/** The same venue through ccxt's unified calls alone. */
async function openOther(baseUrl: string) {
  const options = { fetchMarkets: { types: ['linear'] }, fetchCurrencies: false, fetchMargins: false };
  const settings = { venue: 'binanceusdm', mode: 'paper', keys, baseUrl, options } as const;
  const client = await createClient({ ...settings, textNumbers: true, timeoutMs: 5_000 });
  const rates = { budget: createRateBudget({}), rules: otherRates(0), address: 'test', key: 'test' };
  const session = createSession({
    client,
    errors: otherErrors,
    rates,
    timeoutMs: 5_000,
    venueMs: () => clock.estimateMs(),
  });
  const askMs = async () => Number(await client.ccxt.fetchTime());
  const clock = createVenueClock({ resolutionMs: 1, askMs });
  const markets = createMarketTable(session, readOtherMarket(client.ccxt.precisionMode ?? 4));
  return { ...createOtherExchange({ session, clock, markets }), close: () => client.close() };
}

test('ccxt’s unified calls tell what the venue’s own adapter does, more than a page of it', async () => {
  const venue = await openVenue();
  const other = await openOther(venue.baseUrl);
  try {
    const sinceMs = await venue.exchange.serverTimeMs();
    await accept({ ...venue, symbol });
    await venue.pass(103);
    await venue.exchange.serverTimeMs();
    await other.serverTimeMs();
    const read = async ({ fundingSince }: Pick<Exchange, 'fundingSince'>) => {
      if (fundingSince === undefined) throw new Error('it tells no funding');
      return allFunding(fundingSince, { symbol }, sinceMs);
    };
    const payments = await read(other);
    expect(payments).toHaveLength(103);
    expect(payments).toEqual(await read(venue.exchange));
  } finally {
    await other.close();
    await venue.close();
  }
});

test('a desk that reconciles over funding times books all of them, and nothing as external', async () => {
  const venue = await openVenue();
  try {
    const orders = createMemoryStore();
    const desk: OrderDesk = {
      account: 'test',
      exchange: venue.exchange,
      orders,
      nowMs: Date.now,
      pause: () => Promise.resolve(),
    };
    let memory = noMemory;
    const round = async () => {
      const { signal } = new AbortController();
      const isAlive = () => Promise.resolve(false);
      const report = await reconcileAccount(desk, { memory, whole: true, isAlive, signal });
      memory = report.memory;
      return report;
    };
    await accept({ ...venue, symbol });
    for (let rounds = 0; rounds < 3; rounds += 1) await round();
    const opened = await round();
    expect(opened).toMatchObject({ drift: [], failures: [] });
    const external = await orders.entries('test', 1_000, 'external');
    await venue.pass(2);
    await venue.exchange.serverTimeMs();
    const { done } = await round();
    expect(done.filter((text) => text.includes('of funding'))).toHaveLength(2);
    for (let rounds = 0; rounds < 2; rounds += 1) {
      expect(await round()).toMatchObject({ done: [], drift: [], corrections: 0, failures: [] });
    }
    expect(await orders.entries('test', 1_000, 'external')).toEqual(external);
    expect(await orders.entries('test', 1_000, 'funding')).toHaveLength(2);
  } finally {
    await venue.close();
  }
});

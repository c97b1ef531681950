import { openExchange, type VenueAccount } from '../../../adapters/exchange/open-exchange.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import type { VenueName } from '../../../adapters/exchange/simulated/markets.ts';
import { fundedAccount } from '../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { control } from '../../adapters/exchange/simulated/raw-client.ts';
import { truthOf } from '../../adapters/exchange/simulated/truth.ts';
import type { Fault, StandFactory, TrueOrder } from './stand.ts';

/** Where a venue is in the simulated exchange, and what its requests look like. */
export type SimulatedVenue = Readonly<{
  account: Pick<VenueAccount, 'venue' | 'acceptNoDeadline'>;
  simulated: VenueName;
  path: string;
  symbol: string;
  base: string;
  quote: string;
  /** Name of the market at the venue. */
  market: string;
  orders: Readonly<{ method: string; path: string }>;
  cancels: Readonly<{ method: string; path: string }>;
  queries: Readonly<{ method: string; path: string }>;
}>;

/** A stand on the simulated exchange: real HTTP on a free port, prices that stand until a test sets them, nobody else. */
export const simulatedStand =
  (venue: SimulatedVenue): StandFactory =>
  async (options) => {
    const { skewMs = 0, readLagMs, forgetsFilledIds, fillChunks, stepMs, timeoutMs = 2_000, traits } = options;
    const rights = { trade: options.trade ?? true, withdraw: options.withdraw ?? false };
    const owner = fundedAccount(7, 'owner', rights);
    const simulation = await startSimulatedExchange({
      seed: 7,
      venues: [venue.simulated],
      accounts: [owner],
      clock: { mode: 'real', skewMs },
      source: { kind: 'scripted' },
      takersPerSecond: 0,
      historyMinutes: 5,
      rateLimits: options.rateLimits ?? false,
      krakenTier: 'pro',
      ...(readLagMs !== undefined && { readLagMs }),
      ...(forgetsFilledIds !== undefined && { forgetsFilledIds }),
      ...(fillChunks !== undefined && { fillChunks }),
      ...(stepMs !== undefined && { stepMs }),
    });
    const account: VenueAccount = {
      name: 'test',
      baseUrl: `${simulation.url}${venue.path}`,
      krakenTier: 'pro',
      ...venue.account,
    };
    const keys = (from: typeof owner) =>
      venue.simulated === 'krakenSpot'
        ? { apiKey: createSecret(from.krakenKey), secret: createSecret(from.krakenSecret) }
        : { apiKey: createSecret(from.apiKey), secret: createSecret(from.secret) };
    const openOptions = { timeoutMs, ...(traits !== undefined && { traits }) };
    const exchange = await openExchange(account, keys(owner), openOptions);
    let isUp = true;
    const shutDown = async () => {
      if (isUp) await simulation.close();
      isUp = false;
    };
    const truth = async () => (await truthOf(simulation)).venues[venue.simulated]?.accounts['owner']?.orders ?? [];
    return {
      exchange,
      symbol: venue.symbol,
      base: venue.base,
      quote: venue.quote,
      stranger: () => openExchange(account, keys(fundedAccount(8, 'stranger')), openOptions),
      trade: async (side, quantity) => {
        await control(simulation, '/order-as', { venue: venue.simulated, symbol: venue.market, side, quantity });
      },
      setPrice: async (price) => {
        await control(simulation, '/price', { symbol: venue.market, price });
      },
      pass: async (ms) => {
        await control(simulation, '/advance', { ms });
      },
      fault: async ({ kind, on = 'orders', count = 1, status, retryAfter }: Fault) => {
        const args = { ...(status !== undefined && { status }), ...(retryAfter !== undefined && { retryAfter }) };
        await control(simulation, '/fault', { kind, match: venue[on], count, args });
      },
      clearFaults: async () => {
        await control(simulation, '/faults/clear', {});
      },
      accepted: async (clientOrderId) =>
        ((await truth()) as unknown as readonly TrueOrder[]).filter((order) => order.clientOrderId === clientOrderId),
      requests: async () => simulation.simulation.log.entries.length,
      shutDown,
      close: async () => {
        await exchange.close();
        await shutDown();
      },
    };
  };

export const binanceSpotVenue: SimulatedVenue = {
  account: { venue: 'binance' },
  simulated: 'binanceSpot',
  path: '/bspot',
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  market: 'BTCUSDT',
  orders: { method: 'POST', path: '/order' },
  cancels: { method: 'DELETE', path: '/order' },
  queries: { method: 'GET', path: 'rder' },
};

export const binanceUsdmVenue: SimulatedVenue = {
  ...binanceSpotVenue,
  account: { venue: 'binanceusdm' },
  simulated: 'binanceUsdm',
  path: '/bfut',
  symbol: 'BTC/USDT:USDT',
};

export const krakenVenue: SimulatedVenue = {
  account: { venue: 'kraken' },
  simulated: 'krakenSpot',
  path: '/kr',
  symbol: 'BTC/USD',
  base: 'BTC',
  quote: 'USD',
  market: 'XBTUSD',
  orders: { method: 'POST', path: 'AddOrder' },
  cancels: { method: 'POST', path: 'CancelOrder' },
  queries: { method: 'POST', path: 'OpenOrders' },
};

/** Spot once more through ccxt's unified calls alone, as any other venue would be: Binance US speaks Binance's protocol. */
export const otherVenue: SimulatedVenue = {
  ...binanceSpotVenue,
  account: { venue: 'binanceus', acceptNoDeadline: true },
};

import { pro } from 'ccxt';
import type { SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';

/** Every address that a client knows but the simulator does not serve, pointed at its 404. */
function nowhere(urls: unknown, url: string): unknown {
  if (typeof urls === 'string') return `${url}/nowhere`;
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([key, value]) => [key, nowhere(value, url)]));
}

/** Stock ccxt.pro for Binance, pointed at the simulator. */
export async function binanceClient(exchange: SimulatedExchange, account = exchange.accounts[0]) {
  const { url, ws } = exchange;
  const client = new pro.binance({
    apiKey: account?.apiKey ?? '',
    secret: account?.secret ?? '',
    enableRateLimit: false,
    options: { fetchMarkets: { types: ['spot', 'linear'] }, fetchCurrencies: false, fetchMargins: false },
  });
  const spot = `${url}/bspot`;
  const futures = `${url}/bfut`;
  const api = nowhere(client.urls.api, url);
  client.urls.api = {
    ...(api as object),
    public: `${spot}/api/v3`,
    private: `${spot}/api/v3`,
    sapi: `${spot}/sapi/v1`,
    fapiPublic: `${futures}/fapi/v1`,
    fapiPrivate: `${futures}/fapi/v1`,
    fapiPublicV2: `${futures}/fapi/v2`,
    fapiPrivateV2: `${futures}/fapi/v2`,
    fapiPublicV3: `${futures}/fapi/v3`,
    fapiPrivateV3: `${futures}/fapi/v3`,
    fapiData: `${futures}/futures/data`,
    ws: {
      spot: `${ws}/bspot/stream/ws`,
      margin: `${ws}/bspot/stream/ws`,
      future: `${ws}/bfut/ws`,
      'ws-api': { spot: `${ws}/bspot/ws-api/v3`, future: `${ws}/bfut/ws-fapi/v1` },
    },
  };
  await client.loadHttpProxyAgent();
  return client;
}

/** Stock ccxt.pro for Kraken, pointed at the simulator. */
export async function krakenClient(exchange: SimulatedExchange, account = exchange.accounts[0]) {
  const { url, ws } = exchange;
  const client = new pro.kraken({
    apiKey: account?.krakenKey ?? '',
    secret: account?.krakenSecret ?? '',
    enableRateLimit: false,
  });
  client.urls.api = {
    ...(nowhere(client.urls.api, url) as object),
    public: `${url}/kr`,
    private: `${url}/kr`,
    ws: {
      public: `${ws}/kr/ws`,
      private: `${ws}/kr/ws-auth`,
      publicV2: `${ws}/kr/ws/v2`,
      privateV2: `${ws}/kr/ws-auth/v2`,
    },
  };
  giveRisingNonces(client);
  await client.loadHttpProxyAgent();
  return client;
}

/** ccxt takes the millisecond: two calls within one, on a quick machine, would have the same nonce. */
export function giveRisingNonces(client: Readonly<{ milliseconds(): number }> & { nonce: () => number }): void {
  let last = 0;
  client.nonce = () => (last = Math.max(last + 1, client.milliseconds()));
}

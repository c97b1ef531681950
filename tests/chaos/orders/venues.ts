import { txid } from '../../../adapters/exchange/simulated/kraken/names.ts';
import type { VenueName } from '../../../adapters/exchange/simulated/markets.ts';

/** A market that episodes trade. */
export type TradedMarket = Readonly<{
  /** The desk's name and the venue's. */
  symbol: string;
  id: string;
  /** Orders are multiples of it. */
  step: number;
  /** How an amount and a price are written. */
  amountDecimals: number;
  priceDecimals: number;
}>;

/** Where an episode plays, and how this venue calls what the judge compares. */
export type ChaosVenue = Readonly<{
  /** As the desk names it, and as the simulated exchange does. */
  desk: keyof typeof chaosVenues;
  simulated: VenueName;
  /** Of its REST, below the exchange's address. */
  path: string;
  account: string;
  keys: readonly [apiKey: 'apiKey' | 'krakenKey', secret: 'secret' | 'krakenSecret'];
  markets: readonly TradedMarket[];
  /** The desk's names of assets, where the venue has others. */
  assets: Readonly<Record<string, string>>;
  /** What the venue calls the trade of a number of the journal. */
  tradeId: (number: string, side: 'buy' | 'sell') => string;
  /** By then a question about an order has been answered, or is lost: Kraken's wait for each other's nonces. */
  questionMs: number;
  /** The order request's part of the path: its answers are what faults lose. */
  orderPath: string;
  /** Where fills are asked for. */
  fillsPath: string;
  /** Best prices now, by the venue's name of a market. */
  tickers: (url: string) => Promise<Readonly<Record<string, readonly [bid: number, ask: number]>>>;
}>;

type Spec = Omit<ChaosVenue, 'desk' | 'account'>;

const binanceTickers = (path: string) => async (url: string) => {
  const response = await fetch(`${url}${path}`);
  const rows = (await response.json()) as readonly { symbol: string; bidPrice: string; askPrice: string }[];
  return Object.fromEntries(
    rows.map(({ symbol, bidPrice, askPrice }) => [symbol, [Number(bidPrice), Number(askPrice)] as const]),
  );
};

type KrakenTicker = Readonly<{ result: Readonly<Record<string, Readonly<{ a: [string]; b: [string] }>>> }>;

const krakenTickers = async (url: string) => {
  const { result } = (await (await fetch(`${url}/kr/0/public/Ticker`)).json()) as KrakenTicker;
  return Object.fromEntries(
    Object.entries(result).map(([id, { a, b }]) => [id, [Number(b[0]), Number(a[0])] as const]),
  );
};

const sameNumber = (number: string) => number;

const btc = { id: 'BTCUSDT', step: 0.005, amountDecimals: 3 } as const;
const eth = { id: 'ETHUSDT', step: 0.1, amountDecimals: 1, priceDecimals: 2 } as const;

/** The venues of episodes. Binance spot is the one without a dead man's switch, which ends orders by itself. */
const chaosVenues = {
  binance: {
    simulated: 'binanceSpot',
    path: '/bspot',
    keys: ['apiKey', 'secret'],
    markets: [
      { ...btc, symbol: 'BTC/USDT', priceDecimals: 2 },
      { ...eth, symbol: 'ETH/USDT' },
    ],
    assets: {},
    tradeId: sameNumber,
    questionMs: 1_500,
    orderPath: '/api/v3/order',
    fillsPath: '/api/v3/myTrades',
    tickers: binanceTickers('/bspot/api/v3/ticker/bookTicker'),
  },
  binanceusdm: {
    simulated: 'binanceUsdm',
    path: '/bfut',
    keys: ['apiKey', 'secret'],
    markets: [
      { ...btc, symbol: 'BTC/USDT:USDT', priceDecimals: 1 },
      { ...eth, symbol: 'ETH/USDT:USDT' },
    ],
    assets: {},
    tradeId: sameNumber,
    questionMs: 1_500,
    orderPath: '/fapi/v1/order',
    fillsPath: '/fapi/v1/userTrades',
    tickers: binanceTickers('/bfut/fapi/v1/ticker/bookTicker'),
  },
  kraken: {
    simulated: 'krakenSpot',
    path: '/kr',
    keys: ['krakenKey', 'krakenSecret'],
    markets: [
      { ...btc, id: 'XXBTZUSD', symbol: 'BTC/USD', priceDecimals: 1 },
      { ...eth, id: 'XETHZUSD', symbol: 'ETH/USD' },
    ],
    assets: { XXBT: 'BTC', XETH: 'ETH', ZUSD: 'USD' },
    tradeId: (number, side) => txid('T', 2 * Number(number) + (side === 'buy' ? 0 : 1)),
    questionMs: 6_000,
    orderPath: '/0/private/AddOrder',
    fillsPath: '/0/private/TradesHistory',
    tickers: krakenTickers,
  },
} as const satisfies Readonly<Record<string, Spec>>;

/** Undefined: episodes do not play there. */
export const chaosVenue = (desk: string): ChaosVenue | undefined => {
  const known = chaosVenueNames.find((name) => name === desk);
  return known && { desk: known, account: 'main', ...chaosVenues[known] };
};

export const chaosVenueNames = Object.keys(chaosVenues) as readonly (keyof typeof chaosVenues)[];

export const binanceSpot: ChaosVenue = { desk: 'binance', account: 'main', ...chaosVenues.binance };

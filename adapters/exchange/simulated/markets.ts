import { decimal } from '../../../core/venue/decimal.ts';
import { notionalDecimals, type VenueAsset, type VenueMarket } from '../../../core/venue/market.ts';

/** The venues that are simulated; each has its own book, accounts and ids. */
export type VenueName = 'binanceSpot' | 'binanceUsdm' | 'krakenSpot';

export const venueNames: readonly VenueName[] = ['binanceSpot', 'binanceUsdm', 'krakenSpot'];

/** A market with what the simulation needs to know beside the venue's rules. */
export type SimulatedMarket = Readonly<{
  venue: VenueName;
  market: VenueMarket;
  underlying: string;
  basisPpm: number;
  /** Quantity of the makers' best level. */
  bestQuantity: bigint;
  /** Kraken's other names. */
  kraken?: Readonly<{ altname: string; wsname: string; symbol: string }>;
}>;

type Spec = Readonly<{
  venue: VenueName;
  id: string;
  base: string;
  quote: string;
  underlying: string;
  tick: string;
  lot: string;
  minQuantity: string;
  minNotional: string;
  best: string;
  basisPpm?: number;
  kraken?: readonly [altname: string, wsname: string, symbol: string];
}>;

const fees = {
  binanceSpot: { makerFeePpm: 1000n, takerFeePpm: 1000n, feeIn: 'received', kind: 'spot' },
  binanceUsdm: { makerFeePpm: 200n, takerFeePpm: 500n, feeIn: 'quote', kind: 'perpetual' },
  krakenSpot: { makerFeePpm: 2500n, takerFeePpm: 4000n, feeIn: 'quote', kind: 'spot' },
} as const;

const decimalsOf = (step: string) => step.split('.')[1]?.length ?? 0;

function simulated({ venue, id, base, quote, underlying, basisPpm = 0, kraken, ...rules }: Spec): SimulatedMarket {
  const priceDecimals = decimalsOf(rules.tick);
  const quantityDecimals = decimalsOf(rules.lot);
  const market: VenueMarket = {
    id,
    base,
    quote,
    priceDecimals,
    quantityDecimals,
    tick: decimal(rules.tick, priceDecimals),
    lot: decimal(rules.lot, quantityDecimals),
    minPrice: decimal(rules.tick, priceDecimals),
    maxPrice: decimal('1000000', priceDecimals),
    minQuantity: decimal(rules.minQuantity, quantityDecimals),
    maxQuantity: decimal('9000', quantityDecimals),
    maxMarketQuantity: decimal('100', quantityDecimals),
    minNotional: decimal(rules.minNotional, priceDecimals + quantityDecimals),
    ...fees[venue],
  };
  if (notionalDecimals(market) > 10) throw new RangeError(`${id}: finer than a ledger of 10 decimals`);
  const names = kraken === undefined ? {} : { kraken: { altname: kraken[0], wsname: kraken[1], symbol: kraken[2] } };
  return { venue, market, underlying, basisPpm, bestQuantity: decimal(rules.best, quantityDecimals), ...names };
}

const btc = { base: 'BTC', quote: 'USDT', underlying: 'BTC', best: '0.4' } as const;
const eth = { base: 'ETH', quote: 'USDT', underlying: 'ETH', best: '6' } as const;

const spot = { venue: 'binanceSpot', tick: '0.01', minNotional: '5' } as const;
const usdm = { venue: 'binanceUsdm', lot: '0.001', minQuantity: '0.001', basisPpm: 120 } as const;
const kraken = { venue: 'krakenSpot', lot: '0.00000001', minNotional: '0.5', basisPpm: -60 } as const;

/** BTC and ETH on every venue, with the venues' rules as of 2026. */
export const simulatedMarkets: readonly SimulatedMarket[] = [
  simulated({ ...btc, ...spot, id: 'BTCUSDT', lot: '0.00001', minQuantity: '0.00001' }),
  simulated({ ...eth, ...spot, id: 'ETHUSDT', lot: '0.0001', minQuantity: '0.0001' }),
  simulated({ ...btc, ...usdm, id: 'BTCUSDT', tick: '0.1', minNotional: '100' }),
  simulated({ ...eth, ...usdm, id: 'ETHUSDT', tick: '0.01', minNotional: '20' }),
  simulated({
    ...btc,
    ...kraken,
    id: 'XXBTZUSD',
    base: 'XXBT',
    quote: 'ZUSD',
    tick: '0.1',
    minQuantity: '0.00005',
    kraken: ['XBTUSD', 'XBT/USD', 'BTC/USD'],
  }),
  simulated({
    ...eth,
    ...kraken,
    id: 'XETHZUSD',
    base: 'XETH',
    quote: 'ZUSD',
    tick: '0.01',
    minQuantity: '0.001',
    kraken: ['ETHUSD', 'ETH/USD', 'ETH/USD'],
  }),
  simulated({
    ...btc,
    ...kraken,
    id: 'XBTUSDT',
    base: 'XXBT',
    tick: '0.1',
    minQuantity: '0.00005',
    kraken: ['XBTUSDT', 'XBT/USDT', 'BTC/USDT'],
  }),
  simulated({
    ...eth,
    ...kraken,
    id: 'ETHUSDT',
    base: 'XETH',
    tick: '0.01',
    minQuantity: '0.001',
    kraken: ['ETHUSDT', 'ETH/USDT', 'ETH/USDT'],
  }),
];

/** Ledgers: 8 decimals at Binance, 10 at Kraken. */
export const venueAssets: Readonly<Record<VenueName, readonly VenueAsset[]>> = {
  binanceSpot: ['BTC', 'ETH', 'USDT', 'BNB'].map((id) => ({ id, decimals: 8 })),
  binanceUsdm: ['BTC', 'ETH', 'USDT'].map((id) => ({ id, decimals: 8 })),
  krakenSpot: ['XXBT', 'XETH', 'ZUSD', 'USDT'].map((id) => ({ id, decimals: 10 })),
};

/** Prices that the underlyings start from. */
export const startPrices: Readonly<Record<string, number>> = { BTC: 65_000, ETH: 3_200 };

export const volatilities: Readonly<Record<string, number>> = { BTC: 0.5, ETH: 0.65 };

/** What the markets of all venues are prices of. */
export const underlyings: readonly string[] = [...new Set(simulatedMarkets.map(({ underlying }) => underlying))];

import { DeskError } from '../../../core/errors.ts';
import { parseSymbol } from '../../../core/market/symbol.ts';

/** What differs between Binance's spot and USD-M, beside their user streams. */
export type BinanceSide = Readonly<{
  venue: 'binance' | 'binanceusdm';
  kind: 'spot' | 'usdm';
  /** Below the REST address. */
  api: '/api/v3' | '/fapi/v1';
  /** Weight of a book of 1,000 levels. */
  depthWeight: number;
  /** Paths of the sockets: best prices and books, then trades and candles. */
  bookPath: string;
  tradePath: string;
}>;

export const spotSide: BinanceSide = {
  venue: 'binance',
  kind: 'spot',
  api: '/api/v3',
  depthWeight: 50,
  bookPath: '/ws',
  tradePath: '/ws',
};

export const usdmSide: BinanceSide = {
  venue: 'binanceusdm',
  kind: 'usdm',
  api: '/fapi/v1',
  depthWeight: 20,
  bookPath: '/public/ws',
  tradePath: '/market/ws',
};

/** Binance's name of a unified symbol: base and quote put together. Perpetuals are named with their settlement. */
export function binanceId(side: BinanceSide, symbol: string): string {
  const unified = parseSymbol(symbol);
  const [, base, quote, settle] = /^([^/]+)\/([^:]+)(?::(.+))?$/.exec(unified ?? '') ?? [];
  const fits = side.kind === 'spot' ? settle === undefined : settle === quote;
  if (base !== undefined && unified === symbol && fits) return `${base}${quote}`;
  throw new DeskError('BadInput', `no symbol of ${side.venue}`, {
    path: 'symbol',
    expected: side.kind === 'spot' ? 'a spot symbol as BTC/USDT' : 'a perpetual as BTC/USDT:USDT',
    found: symbol,
  });
}

const intervals = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d'];

/** Binance names timeframes as we do; those that have no fixed length (1w, 1M) are left out. */
export function binanceInterval(timeframe: string): string {
  if (intervals.includes(timeframe)) return timeframe;
  throw new DeskError('BadInput', 'no timeframe of Binance', {
    path: 'timeframe',
    expected: intervals.join(' '),
    found: timeframe,
  });
}

import { DeskError } from '../../../core/errors.ts';
import { parseSymbol } from '../../../core/market/symbol.ts';

/** A pair as REST names it, with the decimals that its checksum is made with. */
export type KrakenPair = Readonly<{ altname: string; priceDecimals: number; quantityDecimals: number }>;

/** Old names of Kraken's that everybody else, its WebSocket v2 included, spells otherwise. */
const newNames: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

/** `XBT/USD` -> `BTC/USD`. */
export const unifiedName = (wsname: string): string =>
  wsname
    .split('/')
    .map((asset) => newNames[asset] ?? asset)
    .join('/');

/** WebSocket v2 names spot pairs as ccxt does. */
export function checkKrakenSymbol(symbol: string): string {
  if (parseSymbol(symbol) === symbol && !symbol.includes(':')) return symbol;
  throw new DeskError('BadInput', 'no symbol of kraken', {
    path: 'symbol',
    expected: 'a spot symbol as BTC/USD',
    found: symbol,
  });
}

const minutes: Readonly<Record<string, number>> = {
  '1m': 1,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '4h': 240,
  '1d': 1440,
};

/** Minutes of a timeframe; Kraken has fewer of them than others. */
export function krakenInterval(timeframe: string): number {
  if (Object.hasOwn(minutes, timeframe)) return minutes[timeframe];
  throw new DeskError('BadInput', 'no timeframe of Kraken', {
    path: 'timeframe',
    expected: Object.keys(minutes).join(' '),
    found: timeframe,
  });
}

export const timeframeOfInterval = (interval: number): string | undefined =>
  Object.entries(minutes).find(([, count]) => count === interval)?.[0];

/** Depths of the book channel. */
const depths = [10, 25, 100, 500, 1000];

/** The smallest depth of the channel that holds as many levels as are wanted. */
export function krakenDepth(depth: number): number {
  const found = Number.isInteger(depth) && depth >= 1 ? depths.find((each) => each >= depth) : undefined;
  if (found !== undefined) return found;
  throw new DeskError('BadInput', 'no depth of a book', {
    path: 'depth',
    expected: `1 to ${depths.at(-1)} levels`,
    found: `${depth}`,
  });
}

import type { BinanceHost } from './host.ts';
import { intervals } from './market-data.ts';

const ofBoth = ['trade', 'aggTrade', 'ticker', 'miniTicker', 'bookTicker', 'depth', 'depth@100ms'];
const candles = Object.keys(intervals).map((interval) => `kline_${interval}`);
const partial = (suffixes: readonly string[]) =>
  [5, 10, 20].flatMap((levels) => suffixes.map((suffix) => `depth${levels}${suffix}`));

/** What follows a symbol and `@`. */
const ofSymbol: Readonly<Record<BinanceHost['name'], ReadonlySet<string>>> = {
  binanceSpot: new Set([...ofBoth, ...candles, 'depth@1000ms', 'avgPrice', ...partial(['', '@100ms'])]),
  binanceUsdm: new Set([
    ...ofBoth,
    ...candles,
    'depth@0ms',
    'depth@250ms',
    'depth@500ms',
    'markPrice',
    'markPrice@1s',
    ...partial(['', '@100ms', '@500ms']),
  ]),
};

const ofAll: Readonly<Record<BinanceHost['name'], ReadonlySet<string>>> = {
  binanceSpot: new Set(['!ticker@arr', '!miniTicker@arr', '!bookTicker']),
  binanceUsdm: new Set(['!ticker@arr', '!miniTicker@arr', '!bookTicker', '!markPrice@arr', '!markPrice@arr@1s']),
};

/** Whether anything would ever come on a stream. An unknown symbol is taken and silent, as at the venue. */
export function isServed({ name }: Pick<BinanceHost, 'name'>, stream: string): boolean {
  if (stream.startsWith('!')) return ofAll[name].has(stream);
  const mark = stream.indexOf('@');
  return mark > 0 && ofSymbol[name].has(stream.slice(mark + 1));
}

import { isTimeframe, type Timeframe } from './timeframe.ts';

const asset = '[A-Z0-9$][A-Z0-9$.]*';
const unified = new RegExp(`^(${asset})/(${asset})(?::(${asset}))?$`);
const dashed = new RegExp(`^(${asset})-(${asset})(?:-(?:(${asset})-)?(PERP))?$`);
const underscored = new RegExp(`^(${asset})_(${asset})(?:_(${asset}))?$`);

/**
 * The CCXT unified symbol (`BTC/USDT` spot, `BTC/USDT:USDT` perpetual) of one of the spellings that files and people
 * use: unified, ours for file names (`BTC-USDT`, `BTC-USDT-PERP`, `BTC-USD-BTC-PERP` when not settled in the quote
 * currency) and freqtrade's (`BTC_USDT`, `BTC_USDT_USDT`). Case does not matter. Undefined where it is none of them:
 * `BTCUSDT` does not say where the base ends.
 */
export function parseSymbol(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  const [, base, quote, settle, perpetual] = unified.exec(upper) ?? underscored.exec(upper) ?? dashed.exec(upper) ?? [];
  if (base === undefined) return undefined;
  const settledIn = settle ?? (perpetual === undefined ? undefined : quote);
  return settledIn === undefined ? `${base}/${quote}` : `${base}/${quote}:${settledIn}`;
}

/** How a unified symbol is spelt in file names: `BTC/USDT` -> `BTC-USDT`, `BTC/USDT:USDT` -> `BTC-USDT-PERP`. */
export function symbolFileStem(symbol: string): string | undefined {
  const [, base, quote, settle] = unified.exec(symbol) ?? [];
  if (base === undefined) return undefined;
  if (settle === undefined) return `${base}-${quote}`;
  return settle === quote ? `${base}-${quote}-PERP` : `${base}-${quote}-${settle}-PERP`;
}

const extension = /\.(?:csv|json|parquet|feather)(?:\.gz)?$/i;

/**
 * What a file's name says of its bars, `<symbol>-<timeframe>` before the extension; freqtrade's endings `-futures`
 * and `-spot` are left out. A part that the name does not say is undefined.
 */
export function parseBarFileName(fileName: string): { symbol?: string; timeframe?: Timeframe } {
  const stem = fileName.replace(extension, '').replace(/-(?:futures|spot)$/i, '');
  const cut = stem.lastIndexOf('-');
  const timeframe = stem.slice(cut + 1);
  const named = isTimeframe(timeframe);
  const symbol = parseSymbol(named ? stem.slice(0, Math.max(cut, 0)) : stem);
  return { ...(symbol === undefined ? {} : { symbol }), ...(named ? { timeframe } : {}) };
}

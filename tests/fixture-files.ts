import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Bars, FundingRates } from '../core/market/bars.ts';
import type { Timeframe } from '../core/market/timeframe.ts';

const root = new URL('fixtures/', import.meta.url);

/** Text of a fixture, unpacked where its name ends in .gz. */
export function fixtureText(path: string): string {
  const bytes = readFileSync(new URL(path, root));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** A fixture of JSON; the caller states its shape, as recorded. */
export const fixtureJson = (path: string): unknown => JSON.parse(fixtureText(path));

/** Where the repository keeps a data file that a golden case names, e.g. `ohlcv/BTC-USDT-1h.csv`. */
export const fixtureDataPath = (file: string): string => `data/${file.replace(/\.gz$/, '')}.gz`;

/** Absolute path of a fixture, for programs that read it themselves. */
export const fixtureFile = (path: string): string => new URL(path, root).pathname;

/** Bars of a recorded file by plain splitting: not the reader of the product, so that tests of the core stand alone. */
export function fixtureBars(file: string, symbol: string, timeframe: Timeframe): Bars {
  const rows = dataRows(file);
  const column = (index: number) => Float64Array.from(rows, (row) => Number(row[index]));
  return {
    symbol,
    timeframe,
    timeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

export function fixtureFunding(file: string, symbol: string): FundingRates {
  const rows = dataRows(file);
  return {
    symbol,
    timeMs: Float64Array.from(rows, (row) => Number(row[0])),
    rate: Float64Array.from(rows, (row) => Number(row[1])),
  };
}

function dataRows(file: string): string[][] {
  const lines = fixtureText(fixtureDataPath(file)).trim().split(/\r?\n/);
  return lines.slice(1).map((line) => line.split(','));
}

import { barFormats, type ReadOptions } from '../../../adapters/market-data/read-bars.ts';
import { DeskError } from '../../../core/errors.ts';
import type { Timeframe } from '../../../core/market/timeframe.ts';

/** `--timeframe --format --columns` as commander hands them over; it has checked the choices. */
export type ReadFlags = Readonly<{ timeframe?: Timeframe; format?: string; columns?: string; json?: boolean }>;

export function readOptionsOf({ timeframe, format, columns }: ReadFlags): ReadOptions {
  const known = barFormats.find((name) => name === format);
  return {
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(known === undefined ? {} : { format: known }),
    ...(columns === undefined ? {} : { columns: parseColumns(columns) }),
  };
}

function parseColumns(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length >= 6) return names;
  throw new DeskError('Usage', 'too few columns', {
    path: '--columns',
    expected: 'timestamp,open,high,low,close,volume in the order of the file',
    found: text,
  });
}

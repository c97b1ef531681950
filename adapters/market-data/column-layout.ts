import { DeskError } from '../../core/errors.ts';
import type { BarField } from '../../core/market/bars.ts';

export type ColumnRole = 'timeMs' | BarField;

/** Which column of a file holds what, by index. */
export type ColumnLayout = Readonly<Record<ColumnRole, number>>;

/**
 * Names under which programs write the time column, the surest first, in lower case. The empty name is an index
 * written by pandas to CSV, `__index_level_0__` one written to Parquet.
 */
const timeNames = [
  'timestamp',
  'open_time',
  'opentime',
  'unix',
  'time',
  'datetime',
  'date',
  '',
  'unnamed: 0',
  '__index_level_0__',
  'index',
];

/** A column of `--columns` that holds nothing of a bar. */
export const ignoredColumn = '-';

/**
 * Finds time, open, high, low, close and volume by their names, in any order and case, beside whatever other columns
 * there are: freqtrade (date,open,…), jesse (timestamp,open,close,high,low,volume), backtesting.py (an index and
 * Open,High,Low,Close,Volume) and Binance (open_time,…) all say it in their headers.
 */
export function barLayout(names: readonly string[], file: string): ColumnLayout {
  const lower = names.map((name) => name.trim().toLowerCase());
  const timeName = timeNames.find((name) => lower.includes(name));
  const indexOf = (role: ColumnRole, name: string): number => {
    const index = lower.indexOf(name);
    if (index >= 0 && lower.indexOf(name, index + 1) < 0) return index;
    throw new DeskError(
      'BadInput',
      index < 0 ? `there is no ${role === 'timeMs' ? 'time' : name} column` : `two columns are named ${name}`,
      {
        file,
        line: 1,
        path: name,
        expected: 'a header with timestamp,open,high,low,close,volume (any order)',
        found: names.join(','),
      },
    );
  };
  return {
    timeMs: indexOf('timeMs', timeName ?? 'timestamp'),
    open: indexOf('open', 'open'),
    high: indexOf('high', 'high'),
    low: indexOf('low', 'low'),
    close: indexOf('close', 'close'),
    volume: indexOf('volume', 'volume'),
  };
}

/** True where a first line is data, not names: then the order of its columns would have to be guessed. */
export const looksLikeData = (cells: readonly string[]): boolean =>
  cells.some((cell) => /^[+-]?[\d.][\d.eE+-]*$|^\d{4}-\d\d-\d\d/.test(cell.trim()));

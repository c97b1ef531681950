import { type BarField, barFields } from './bars.ts';
import { timeframeMs, timeframes, type Timeframe } from './timeframe.ts';

/** Open times (epoch ms, UTC) and prices of bars whose symbol and timeframe are not known yet, or not checked. */
export type BarColumns = Readonly<{ timeMs: Float64Array } & Record<BarField, Float64Array>>;

/** What is wrong with one row of a file. Row: the line, with a header as line 1; 0 where it is the whole file. */
export type RowError = Readonly<{ row: number; field: string; message: string; expected?: string; found?: string }>;

/** Columns of a file as they were read, with the way back to what stands in it. */
export type ReadColumns = BarColumns &
  Readonly<{
    /** The file's row that holds bar `index`. */
    rowOf(index: number): number;
    /** What stands there in the file, for messages. */
    textAt?(index: number, field: 'timeMs' | BarField): string;
    /** Rows that are no bars at all. */
    rowErrors: readonly RowError[];
  }>;

/** Errors listed a file; the rest is counted only. */
export const maxRowErrors = 100;

/** Prices may miss `low <= open, close <= high` by this much, relative: sources round. */
const tolerance = 1e-9;

/**
 * Everything that the specification refuses in bars, in the order of the rows: times that are unsorted, repeated or
 * off the timeframe's grid, values that are no numbers, prices <= 0, volumes < 0, high < max(open, close),
 * low > min(open, close). At most `maxRowErrors` are listed; `count` counts all.
 */
export function checkColumns(columns: ReadColumns, timeframe: Timeframe): { errors: RowError[]; count: number } {
  const errors = columns.rowErrors.slice(0, maxRowErrors);
  let count = columns.rowErrors.length;
  const { timeMs, open, high, low, close, volume } = columns;
  const stepMs = timeframeMs[timeframe];
  let lastMs = -Infinity;
  for (let i = 0; i < timeMs.length; i++) {
    const t = timeMs[i];
    const top = Math.max(open[i], close[i]);
    const bottom = Math.min(open[i], close[i]);
    const fine =
      t > lastMs &&
      t % stepMs === 0 &&
      low[i] > 0 &&
      bottom > 0 &&
      low[i] <= bottom * (1 + tolerance) &&
      high[i] >= top * (1 - tolerance) &&
      high[i] < Infinity &&
      volume[i] >= 0 &&
      volume[i] < Infinity;
    if (!fine) {
      const wrong = [...timeErrors(columns, i, lastMs, timeframe), ...priceErrors(columns, i)];
      count += wrong.length;
      errors.push(...wrong.slice(0, maxRowErrors - errors.length));
    }
    if (t > lastMs) lastMs = t;
  }
  errors.sort((a, b) => a.row - b.row);
  return { errors, count };
}

function timeErrors(columns: ReadColumns, index: number, lastMs: number, timeframe: Timeframe): RowError[] {
  const t = columns.timeMs[index];
  const error = (message: string, expected: string): RowError[] => [
    {
      row: columns.rowOf(index),
      field: 'timestamp',
      message,
      expected,
      found: columns.textAt?.(index, 'timeMs') ?? String(t),
    },
  ];
  if (!Number.isFinite(t))
    return error('timestamp is not a time', 'epoch s, ms, µs or ns of 1980 to 2100 in one unit, or ISO 8601');
  if (t === lastMs) return error(`repeated time ${t}`, 'each time once');
  if (t < lastMs) return error(`unsorted time ${t} after ${lastMs}`, 'times that rise');
  if (t % timeframeMs[timeframe] !== 0)
    return error(`time ${t} is off the ${timeframe} grid`, `a multiple of ${timeframe}, UTC`);
  return [];
}

function priceErrors(columns: ReadColumns, index: number): RowError[] {
  const row = columns.rowOf(index);
  const errors: RowError[] = [];
  for (const field of barFields) {
    const value = columns[field][index];
    const found = columns.textAt?.(index, field) ?? String(value);
    if (!Number.isFinite(value))
      errors.push({
        row,
        field,
        message: `${field} is not a number`,
        expected: 'a finite number',
        found: found === '' ? 'nothing' : found,
      });
    else if (field === 'volume' && value < 0)
      errors.push({ row, field, message: 'volume is negative', expected: 'volume >= 0', found });
    else if (field !== 'volume' && value <= 0)
      errors.push({ row, field, message: `${field} is no price`, expected: `${field} > 0`, found });
  }
  if (errors.length > 0) return errors;
  const { open, high, low, close } = columns;
  const top = Math.max(open[index], close[index]);
  const bottom = Math.min(open[index], close[index]);
  if (high[index] < top * (1 - tolerance))
    errors.push({
      row,
      field: 'high',
      message: 'high is below max(open, close)',
      expected: `high >= ${top}`,
      found: String(high[index]),
    });
  if (low[index] > bottom * (1 + tolerance))
    errors.push({
      row,
      field: 'low',
      message: 'low is above min(open, close)',
      expected: `low <= ${bottom}`,
      found: String(low[index]),
    });
  return errors;
}

/**
 * The timeframe of times whose file does not name it: the smallest spacing that is a timeframe, so that one time off
 * the grid is reported as that and does not hide the frame. Undefined where no spacing is one.
 */
export function smallestSpacing(timeMs: Float64Array): Timeframe | undefined {
  const known = new Map<number, Timeframe>(timeframes.map((name) => [timeframeMs[name], name]));
  let best = Infinity;
  for (let i = 1; i < timeMs.length; i++) {
    const spacing = timeMs[i] - timeMs[i - 1];
    if (spacing < best && known.has(spacing)) best = spacing;
  }
  return known.get(best);
}

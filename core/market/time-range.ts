import { DeskError } from '../errors.ts';

/** Open times from `fromMs` (included) to `toMs` (excluded), epoch ms UTC; a side that is not there is open. */
export type TimeRange = Readonly<{ fromMs?: number; toMs?: number }>;

/** Reads `20210101-20220101`, `20210101-` or `-20220101`: UTC days, the end excluded. */
export function parseTimeRange(text: string): TimeRange {
  const [, from = '', to = ''] = /^(\d{8})?-(\d{8})?$/.exec(text) ?? [];
  const fromMs = dayStartMs(from);
  const toMs = dayStartMs(to);
  const backwards = fromMs !== undefined && toMs !== undefined && fromMs >= toMs;
  if ((from === '' && to === '') || Number.isNaN(fromMs) || Number.isNaN(toMs) || backwards) {
    throw new DeskError('Usage', backwards ? 'the range ends before it begins' : 'no range of days', {
      path: '--timerange',
      expected: 'YYYYMMDD-YYYYMMDD (UTC, the end excluded, either side may be left out)',
      found: text,
    });
  }
  return { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
}

/** Midnight UTC of `YYYYMMDD`; undefined for no text, NaN for a day that the calendar does not have. */
function dayStartMs(day: string): number | undefined {
  if (day === '') return undefined;
  const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  const ms = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== iso ? Number.NaN : ms;
}

/** Which bars a run uses: those of the range, then the first `bars` of what is left. Indexes, end excluded. */
export function windowOf(
  timeMs: Float64Array,
  range: TimeRange,
  bars: number = Infinity,
): Readonly<{ from: number; to: number }> {
  const from = range.fromMs === undefined ? 0 : lowerBound(timeMs, range.fromMs);
  const end = range.toMs === undefined ? timeMs.length : lowerBound(timeMs, range.toMs);
  return { from, to: Math.min(end, from + bars) };
}

/** Index of the first time that is not below `limitMs`. */
function lowerBound(timeMs: Float64Array, limitMs: number): number {
  let low = 0;
  let high = timeMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeMs[middle] < limitMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

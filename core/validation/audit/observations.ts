import { dayMs, daysPerYear } from '../../market/timeframe.ts';
import { refuse } from '../statistics/require.ts';
import type { RecordedTrade, TrackRecord } from './track-record.ts';

/** The series that a track record is judged on. */
export type Observations = Readonly<{
  /** What one observation is: `day`, `trade`, `period`. */
  unit: 'day' | 'trade' | 'period';
  returns: readonly number[];
  /** Observations a year; 365 days. */
  perYear: number;
  fromMs?: number;
  toMs?: number;
  /** Share of the trades that begin before an earlier one has ended. */
  overlap?: number;
  /** What was assumed, in words. */
  assumptions: readonly string[];
}>;

export type ObservationRules = Readonly<{
  /** Account at the start: with it, trades become daily returns of the account. */
  startEquity?: number;
  /** In place of what the times say. */
  perYear?: number;
}>;

/** A year of calendar days, as everywhere on the desk. */
const yearMs = daysPerYear * dayMs;

/** Longest account that is followed day by day. */
const mostDays = 20_000;

/**
 * Turns a track record into returns. Returns stay as they are. Trades become daily returns of the account where its start
 * and each trade's profit and exit time are known (profits count on the day of the exit), else one return a trade, as if
 * each had been all that was traded.
 */
export function observe(
  record: TrackRecord,
  { startEquity = record.startEquity, perYear }: ObservationRules,
): Observations {
  if (record.kind === 'returns') return observeReturns(record.returns, record.timesMs, perYear);
  const { trades } = record;
  const times = timesOf(trades);
  const overlap = times === undefined ? {} : { overlap: overlapOf(times) };
  if (startEquity !== undefined && times !== undefined && trades.every(({ pnl }) => pnl !== undefined)) {
    return { ...observeAccount(trades, times, startEquity), ...overlap, ...(perYear && { perYear }) };
  }
  return { ...observeTrades(trades, times, perYear), ...overlap };
}

function observeReturns(
  returns: readonly number[],
  timesMs: readonly number[] | undefined,
  given: number | undefined,
): Observations {
  const [fromMs, toMs] = [timesMs?.[0], timesMs?.at(-1)];
  if (timesMs === undefined || fromMs === undefined || toMs === undefined || toMs <= fromMs) {
    const assumptions = given === undefined ? ['no times: one return is taken for a day (--periods-per-year)'] : [];
    return { unit: given === undefined ? 'day' : 'period', returns, perYear: given ?? daysPerYear, assumptions };
  }
  const spacingMs = (toMs - fromMs) / (timesMs.length - 1);
  const unit = Math.abs(spacingMs - dayMs) < dayMs / 10 ? 'day' : 'period';
  return { unit, returns, perYear: given ?? yearMs / spacingMs, fromMs, toMs, assumptions: [] };
}

type TradeTimes = readonly Readonly<{ entryMs: number; exitMs: number }>[];

/** Undefined unless every trade has both. */
function timesOf(trades: readonly RecordedTrade[]): TradeTimes | undefined {
  const times = trades.flatMap(({ entryMs, exitMs }) =>
    entryMs === undefined || exitMs === undefined ? [] : [{ entryMs, exitMs }],
  );
  return times.length === trades.length && times.length > 0 ? times : undefined;
}

function overlapOf(times: TradeTimes): number {
  let latestExitMs = -Infinity;
  let overlapping = 0;
  for (const { entryMs, exitMs } of times.toSorted((a, b) => a.entryMs - b.entryMs)) {
    if (entryMs < latestExitMs) overlapping += 1;
    latestExitMs = Math.max(latestExitMs, exitMs);
  }
  return overlapping / times.length;
}

function observeTrades(
  trades: readonly RecordedTrade[],
  times: TradeTimes | undefined,
  given: number | undefined,
): Observations {
  const returns = trades.map(({ returnFraction }) => returnFraction);
  const alone = 'each trade is taken as all that was traded at its time (--start-equity makes it daily returns)';
  if (times === undefined) {
    const assumed = given === undefined ? ['no times: a trade is taken for a day (--periods-per-year)'] : [];
    return { unit: 'trade', returns, perYear: given ?? daysPerYear, assumptions: [alone, ...assumed] };
  }
  const fromMs = Math.min(...times.map(({ entryMs }) => entryMs));
  const toMs = Math.max(...times.map(({ exitMs }) => exitMs));
  const years = Math.max(toMs - fromMs, dayMs) / yearMs;
  return { unit: 'trade', returns, perYear: given ?? returns.length / years, fromMs, toMs, assumptions: [alone] };
}

function observeAccount(trades: readonly RecordedTrade[], times: TradeTimes, startEquity: number): Observations {
  const fromMs = Math.min(...times.map(({ entryMs }) => entryMs));
  const toMs = Math.max(...times.map(({ exitMs }) => exitMs));
  const firstDay = Math.floor(fromMs / dayMs);
  const days = Math.floor(toMs / dayMs) - firstDay + 1;
  if (days > mostDays) refuse('trades', 'over too long a time', `at most ${mostDays} days`, `${days} days`);
  const earned = new Float64Array(days);
  trades.forEach(({ pnl = 0 }, index) => {
    earned[Math.floor(times[index].exitMs / dayMs) - firstDay] += pnl;
  });
  const returns: number[] = [];
  let equity = startEquity;
  for (const pnl of earned) {
    if (equity + pnl <= 0)
      refuse('--start-equity', 'the account is lost', 'more than the trades lose', `${startEquity}`);
    returns.push(pnl / equity);
    equity += pnl;
  }
  const assumptions = [`an account of ${startEquity}; a trade counts on the day of its exit`];
  return { unit: 'day', returns, perYear: daysPerYear, fromMs, toMs, assumptions };
}

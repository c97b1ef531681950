import { sliceBars } from '../../market/bars.ts';
import { timeframeMs } from '../../market/timeframe.ts';
import { type LiveRun, startRun } from '../../strategy/live-run.ts';
import type { EvaluateColumns } from '../../strategy/look-ahead.ts';
import { signalNames } from '../../strategy/strategy.ts';
import type { LeakFinding, LeakSubject } from './leak-check.ts';

type Columns = ReturnType<EvaluateColumns>;

function firstDifference(before: Columns, after: Columns, length: number) {
  for (const [column, values] of Object.entries(before)) {
    for (let bar = 0; bar < length; bar += 1) {
      const [value, other] = [values[bar], after[column][bar]];
      if (!Object.is(value, other)) return { column, bar, expected: String(value), found: String(other) };
    }
  }
  return undefined;
}

function findingOf(difference: ReturnType<typeof firstDifference>, message: string): LeakFinding | undefined {
  if (difference === undefined) return undefined;
  const { column, bar, expected, found } = difference;
  return { message: `bar ${bar} ${message}`, column, expected, found };
}

/** The same bars twice. */
export function checkDeterminism({ columns, bars }: LeakSubject): LeakFinding | undefined {
  const difference = firstDifference(columns(bars), columns(bars), bars.timeMs.length);
  return findingOf(difference, 'is another one when it is asked again');
}

/** The first part of the bars, before and after all of them were seen. */
export function checkMemory({ fresh, bars }: LeakSubject): LeakFinding | undefined {
  const length = Math.ceil(bars.timeMs.length * 0.6);
  const part = sliceBars(bars, 0, length);
  const before = fresh(part);
  fresh(bars);
  return findingOf(
    firstDifference(before, fresh(part), length),
    'is another one after later bars were seen in a run before',
  );
}

/** 28 years have the same weekdays, months and leap years: only who knows what happened when can tell them apart. */
const sameCalendarMs = 28 * 365.25 * timeframeMs['1d'];

export function checkDates({ columns, bars }: LeakSubject): LeakFinding | undefined {
  const later = { ...bars, timeMs: bars.timeMs.map((timeMs) => timeMs + sameCalendarMs) };
  const difference = firstDifference(columns(bars), columns(later), bars.timeMs.length);
  return findingOf(difference, 'is another one on the same bars 28 years later');
}

/** Bars that are gone through one by one as a book does, and how often the state is kept and gone on from. */
const liveBars = 1_000;
const keptEvery = 211;

/** The first bars as a book goes through them, its state kept and gone on from; then all of them bar by bar. */
export function checkIncremental(subject: LeakSubject): LeakFinding | undefined {
  const { columns, stepwise, bars } = subject;
  const atFirst = checkLive(subject);
  if (atFirst !== undefined || stepwise === undefined) return atFirst;
  const difference = firstDifference(stepwise(bars), columns(bars), bars.timeMs.length);
  return findingOf(difference, 'is another one bar by bar than for all bars at once');
}

function checkLive({ compiled, parameters, bars }: LeakSubject): LeakFinding | undefined {
  const part = sliceBars(bars, 0, Math.min(liveBars, bars.timeMs.length));
  const plan = compiled.evaluate(part, parameters);
  let run: LiveRun = startRun(compiled, parameters);
  for (let bar = 0; bar < part.timeMs.length; bar += 1) {
    if (bar % keptEvery === keptEvery - 1) run = startRun(compiled, parameters, run.save());
    const { timeMs, open, high, low, close, volume } = part;
    const said = run.next({
      timeMs: timeMs[bar],
      open: open[bar],
      high: high[bar],
      low: low[bar],
      close: close[bar],
      volume: volume[bar],
    });
    for (const name of signalNames) {
      const batch = plan[name]?.[bar];
      if (batch === undefined || said[name] === (batch === 1)) continue;
      return liveFinding(bar, `signals.${name}`, batch, Number(said[name]));
    }
    if (plan.forecast !== undefined && !Object.is(said.forecast, plan.forecast[bar])) {
      return liveFinding(bar, 'forecast', plan.forecast[bar], said.forecast ?? Number.NaN);
    }
  }
  return undefined;
}

const liveFinding = (bar: number, column: string, batch: number, live: number): LeakFinding => ({
  message: `bar ${bar} is another one bar by bar than for all bars at once`,
  column,
  expected: String(live),
  found: String(batch),
});

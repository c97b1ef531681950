import { barsPerYear, daysPerYear } from '../../market/timeframe.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import { createSeriesCache, type SeriesCache } from '../../strategy/series-cache.ts';
import { exitNames } from '../../strategy/strategy.ts';
import { createWorkspace } from '../../strategy/workspace.ts';
import type { BacktestOptions, MarketInput } from '../types.ts';
import { type BookSignals, createSweepBook, type SweepBook } from './book.ts';
import { createExtremes } from './extremes.ts';
import { createFractions } from './fractions.ts';
import { fundingEvents } from './funding-events.ts';
import { createColumnMarks, createSummaryMarks, type CurveSummary, type Marks } from './marks.ts';
import { createPeriods } from './periods.ts';
import { portfolioTimes, summarizePortfolio } from './portfolio.ts';
import { runSweepBook } from './run-book.ts';
import { sharpeOf } from './sharpe.ts';

/** What a sweep gives for every point, NaN where a metric has no meaning; names and meaning as in metrics/. */
export const sweepResultNames = [
  'totalReturn',
  'sharpe',
  'maxDrawdown',
  'trades',
  'profitFactor',
  'finalEquity',
] as const;
export type SweepResultName = (typeof sweepResultNames)[number];
export type SweepColumns = Readonly<Record<SweepResultName, Float64Array>> &
  Readonly<{
    /** Where it is there, the returns of every period of every point, row after row. */
    returns?: Float64Array;
  }>;

export type SweepOptions = Omit<BacktestOptions, 'parameters'>;

/** What a runner works on: `threads` is how many of its kind share the machine's memory. */
export type SweepInput = Readonly<{ markets: readonly MarketInput[]; options: SweepOptions; threads?: number }>;

export type PointRunner = Readonly<{
  /** Computes one point and writes its row. */
  run: (parameters: Float64Array, row: number, columns: SweepColumns) => void;
  /** Gives the memory of the shared series back. */
  release: () => void;
}>;

/** Bytes of shared series that a sweep keeps, over all its markets and threads; what is older is computed again. */
const seriesBytes = 128 * 2 ** 20;

/** Makes everything that the points share; from then on a point takes no memory of its own. */
export function createPointRunner(
  compiled: CompiledStrategy,
  { markets, options, threads = 1 }: SweepInput,
): PointRunner {
  const { startEquity } = options;
  const limitBytes = seriesBytes / (threads * markets.length);
  const startEach = startEquity / markets.length;
  const curve = createCurve(markets, options);
  const runs = markets.map((market, place) =>
    createMarketRun(compiled, market, { options, limitBytes, marks: curve.marks[place] }),
  );
  const periodsPerYear = options.returns === 'daily' ? daysPerYear : barsPerYear(markets[0].bars.timeframe);
  const { summary } = curve;
  function run(parameters: Float64Array, row: number, columns: SweepColumns): void {
    let trades = 0;
    let won = 0;
    let lost = 0;
    for (const { start, book } of runs) {
      start(parameters);
      runSweepBook(book, startEach);
      trades += book.trades;
      won += book.won;
      lost += book.lost;
    }
    curve.finish();
    columns.totalReturn[row] = summary.equity / startEquity - 1;
    columns.sharpe[row] = finite(sharpeOf(summary.returns, periodsPerYear));
    columns.maxDrawdown[row] = summary.drawdown;
    columns.trades[row] = trades;
    columns.profitFactor[row] = finite(won / lost);
    columns.finalEquity[row] = summary.equity;
    columns.returns?.set(summary.returns, row * summary.returns.length);
  }
  return {
    run,
    release() {
      for (const { cache } of runs) cache.release();
    },
  };
}

/** As in computeMetrics: what is not finite has no meaning (no losing trade: x / 0). */
const finite = (value: number): number => (Number.isFinite(value) ? value : NaN);

type SweepCurve = Readonly<{ summary: CurveSummary; marks: readonly Marks[]; finish: () => void }>;

/** One book's marks are summarised as they come; those of several are kept until all are there. */
function createCurve(markets: readonly MarketInput[], { returns, startEquity }: SweepOptions): SweepCurve {
  const [first] = markets;
  const times = portfolioTimes(markets.map(({ bars }) => bars.timeMs));
  const periods = createPeriods(times.timeMs, returns);
  const summary: CurveSummary = {
    equity: 0,
    peak: 0,
    drawdown: 0,
    before: 0,
    returns: new Float64Array(periods.count),
  };
  if (markets.length === 1) {
    const marks = createSummaryMarks(summary, createExtremes(first.bars.close), periods);
    return { summary, marks: [marks], finish() {} };
  }
  const columns = markets.map(({ bars }) => new Float64Array(bars.timeMs.length));
  return {
    summary,
    marks: markets.map(({ bars }, place) => createColumnMarks(columns[place], bars.close)),
    finish: () => summarizePortfolio(summary, times, periods, { marks: columns, startEquity }),
  };
}

type MarketRun = Readonly<{ book: SweepBook; cache: SeriesCache; start: (parameters: Float64Array) => void }>;

/** One market with its series, its book, and what puts a point's numbers in place. */
function createMarketRun(
  { strategy, program, sizingPlugin }: CompiledStrategy,
  { bars, funding }: MarketInput,
  { options, marks, limitBytes }: Readonly<{ options: SweepOptions; marks: Marks; limitBytes: number }>,
): MarketRun {
  const cache = createSeriesCache(bars, { limitBytes });
  const workspace = createWorkspace(program, cache, [program.entry, ...Object.values(program.signals)]);
  const { constants } = workspace.memory;
  const signals: BookSignals = {
    entry: program.entry.bind(workspace.memory),
    ...Object.fromEntries(Object.entries(program.signals).map(([name, each]) => [name, each.bind(workspace.memory)])),
  };
  const fractions = createFractions(strategy.sizing, { program, constants, bars, sizingPlugin });
  const events = fundingEvents(bars, funding);
  const extremes = createExtremes(bars.close);
  const book = createSweepBook({ bars, extremes, funding: events, signals, marks, options, fractionAt: fractions.at });
  const places = exitNames.map((name) => program.numbers[`exits.${name}`] ?? -1);
  const exit = (place: number): number => (place < 0 ? Infinity : constants[place]);
  const [stopLoss, takeProfit, trailingStop, maxBars] = places;
  return {
    book,
    cache,
    start(parameters) {
      program.computeConstants(parameters, constants);
      cache.nextPoint();
      workspace.prepare();
      fractions.startPoint();
      book.stopLoss = exit(stopLoss);
      book.takeProfit = exit(takeProfit);
      book.trailingStop = exit(trailingStop);
      book.maxBars = exit(maxBars);
    },
  };
}

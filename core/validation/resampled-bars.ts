import { createPointRunner, type SweepOptions } from '../backtest/sweep/sweep.ts';
import type { MarketInput } from '../backtest/types.ts';
import type { Bars } from '../market/bars.ts';
import { dayMs, timeframeMs } from '../market/timeframe.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import { fillRows } from './loops.ts';
import { type MonteCarlo, type MonteCarloRules, monteCarloWidth, summarize, walk } from './monte-carlo.ts';
import { daysOf } from './point-table.ts';
import { circularResampler } from './statistics/block-bootstrap.ts';

const weekMs = 7 * dayMs;

export type ResampledRules = MonteCarloRules & Readonly<{ blockWeeks: number }>;

/**
 * Blocks of weeks of the bars of all markets together, put together anew to other histories, and the strategy run on
 * each. It answers: would the rule have earned on other histories made of the same weeks? Weeks keep their hours and
 * weekdays, and the markets their ties; trends longer than a block are cut. A run far above its resamples (rank above
 * 0.95) has earned on the one order of events there was. Undefined when all markets share less than 8 weeks.
 */
export function monteCarloOfBars(
  {
    compiled,
    markets,
    options,
    point,
  }: Readonly<{
    compiled: CompiledStrategy;
    markets: readonly MarketInput[];
    options: SweepOptions;
    point: Float64Array;
  }>,
  { runs, seed, loops, blockWeeks }: ResampledRules,
): MonteCarlo | undefined {
  const deck = createDeck(markets.map(({ bars }) => bars));
  if (deck.weeks < 8 || runs === 0) return undefined;
  const resample = circularResampler(Math.min(blockWeeks, deck.weeks), seed);
  const order = new Int32Array(deck.weeks);
  const measure = (bars: readonly Bars[], into: Float64Array): void => {
    const dealt = bars.map((each) => ({ bars: each }));
    const { days } = daysOf(dealt);
    const columns = rowColumns(days);
    const runner = createPointRunner(compiled, { markets: dealt, options: { ...options, returns: 'daily' } });
    runner.run(point, 0, columns);
    runner.release();
    walk(days, (day) => columns.returns[day], into);
    into[1] = columns.maxDrawdown[0];
  };
  const rows = fillRows(loops, { name: 'monteCarloBars', count: runs, width: monteCarloWidth }, (run, into) => {
    resample(order, run);
    measure(deck.deal(order), into);
  });
  const own = new Float64Array(monteCarloWidth);
  measure(deck.deal(order.map((_, week) => week)), own);
  const answers = 'On other histories made of the same weeks of bars: would the rule have earned, and fallen how far?';
  return summarize(rows, { answers, blockLength: blockWeeks, own });
}

const rowColumns = (days: number) => ({
  totalReturn: new Float64Array(1),
  sharpe: new Float64Array(1),
  maxDrawdown: new Float64Array(1),
  trades: new Float64Array(1),
  profitFactor: new Float64Array(1),
  finalEquity: new Float64Array(1),
  returns: new Float64Array(days),
});

/** The whole weeks that all markets share, ready to be dealt in another order. */
function createDeck(markets: readonly Bars[]) {
  const fromMs = Math.max(...markets.map(({ timeMs }) => timeMs[0]));
  const toMs = Math.min(...markets.map(({ timeMs, timeframe }) => timeMs[timeMs.length - 1] + timeframeMs[timeframe]));
  // Weeks begin at the first whole day that all have, after the close that the first bar is measured against.
  const firstMs = Math.ceil((fromMs + 1) / dayMs) * dayMs;
  const weeks = Math.max(0, Math.floor((toMs - firstMs) / weekMs));
  const suits = markets.map((bars) => createSuit(bars, firstMs, weeks));
  return { weeks, deal: (order: Int32Array): readonly Bars[] => suits.map((deal) => deal(order)) };
}

/** One market: deals its weeks in an order, each bar as it stood to the close before it. */
function createSuit(bars: Bars, firstMs: number, weeks: number): (order: Int32Array) => Bars {
  const starts = weekStarts(bars.timeMs, firstMs, weeks);
  const size = starts[weeks] - starts[0];
  // Weeks with holes may be dealt more often than whole ones, never to more bars than this.
  const most = weeks * Math.max(1, ...Array.from(starts.subarray(1), (start, week) => start - starts[week]));
  const column = () => new Float64Array(Math.max(size, most));
  const dealt = { timeMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  return (order) => {
    let at = 0;
    let before = bars.close[Math.max(0, starts[0] - 1)];
    for (let week = 0; week < weeks; week += 1) {
      const from = starts[order[week]];
      const to = starts[order[week] + 1];
      const shiftMs = (week - order[week]) * weekMs;
      // Prices of the block are scaled by one factor, to go on from the close before it.
      const factor = before / bars.close[Math.max(0, from - 1)];
      for (let bar = from; bar < to; bar += 1) {
        dealt.timeMs[at] = bars.timeMs[bar] + shiftMs;
        dealt.open[at] = bars.open[bar] * factor;
        dealt.high[at] = bars.high[bar] * factor;
        dealt.low[at] = bars.low[bar] * factor;
        dealt.close[at] = bars.close[bar] * factor;
        dealt.volume[at] = bars.volume[bar];
        at += 1;
      }
      if (to > from) before = dealt.close[at - 1];
    }
    const { symbol, timeframe } = bars;
    const cut = (values: Float64Array) => values.subarray(0, at);
    return {
      symbol,
      timeframe,
      timeMs: cut(dealt.timeMs),
      open: cut(dealt.open),
      high: cut(dealt.high),
      low: cut(dealt.low),
      close: cut(dealt.close),
      volume: cut(dealt.volume),
    };
  };
}

/** First bar of each week, and one more for the end. */
function weekStarts(timeMs: Float64Array, firstMs: number, weeks: number): Int32Array {
  const starts = new Int32Array(weeks + 1);
  let bar = 0;
  for (let week = 0; week <= weeks; week += 1) {
    while (bar < timeMs.length && timeMs[bar] < firstMs + week * weekMs) bar += 1;
    starts[week] = bar;
  }
  return starts;
}

import type { Bars } from '../../core/market/bars.ts';
import { reportLimits, type StrategyReport } from './model.ts';

/** How much detail a page of so many strategies has room for. */
export type PageLimits = Readonly<{
  /** Points of a chart; more are put together into coarser ones. */
  chartPoints: number;
  /** Trades of one strategy in its embedded CSV. */
  csvTrades: number;
}>;

/** Bytes of a candle and of an equity mark in the page, and what all of them may take. */
const candleBytes = 16;
const markBytes = 4.5;
const seriesBytes = 600_000;
const coarsest = 2_000;
/** Trades in all the CSVs of a page, about 170 bytes each. */
const pageTrades = 2_800;

/** Twelve strategies of one universe fit into 3 MB at any tier; a page of one has everything. */
export function pageLimits(strategies: readonly StrategyReport[]): PageLimits {
  const marks = strategies.map(({ result }) => result?.equity.equity.length ?? 0);
  const candles = new Map(
    strategies.flatMap(({ bars, verdict }) =>
      bars ? [[barsKey(bars, verdict?.dataHash), bars.timeMs.length] as const] : [],
    ),
  );
  const bytes = (limit: number): number =>
    sum(marks.map((count) => Math.min(limit, count) * markBytes)) +
    sum([...candles.values()].map((count) => Math.min(limit, count) * candleBytes));
  let chartPoints: number = reportLimits.chartPoints;
  while (chartPoints > coarsest && bytes(chartPoints) > seriesBytes) chartPoints -= 500;
  return {
    chartPoints,
    csvTrades: Math.min(
      reportLimits.trades,
      fairShare(
        strategies.map(({ result }) => result?.trades.length ?? 0),
        pageTrades,
      ),
    ),
  };
}

/** Strategies that were judged on the same bars of a market share them on the page. */
export const barsKey = (bars: Bars, dataHash = ''): string =>
  `${dataHash} ${bars.symbol} ${bars.timeframe} ${bars.timeMs[0]} ${bars.timeMs.length}`;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The most that each may have so that all together have no more than `total`: what small ones leave, large ones share. */
export function fairShare(counts: readonly number[], total: number): number {
  let left = total;
  const sorted = counts.toSorted((a, b) => a - b);
  for (const [index, count] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - index));
    if (count > share) return share;
    left -= count;
  }
  return total;
}

import type { MarketInput, Trade } from '../backtest/types.ts';
import type { Bars } from '../market/bars.ts';
import { dayMs } from '../market/timeframe.ts';
import { sampleDeviation } from '../math/moments.ts';

export const regimeNames = ['bull', 'bear', 'sideways'] as const;
export type RegimeName = (typeof regimeNames)[number];

/** What trades that were decided in one regime earned. */
export type Regime = Readonly<{
  name: RegimeName;
  trades: number;
  /** Sum of the trades' profits over the start equity. */
  pnl: number;
  meanReturn: number | undefined;
  /** Undefined when there are too few trades to say anything. */
  profitable: boolean | undefined;
}>;

/** A driftless walk's return over its own deviation lies below -0.43, between, and above 0.43 a third of the time each. */
const tercile = 0.430727;

/**
 * The regime of every bar, known before it opens: the sum of the log returns of the `days` full UTC days before its
 * day, over their standard deviation times sqrt(days). Above the upper tercile of a driftless walk is bull, below the
 * lower bear. Undefined while there are fewer days than that.
 */
export function regimeLabels({ timeMs, close }: Bars, days: number): readonly (RegimeName | undefined)[] {
  const labels: (RegimeName | undefined)[] = [];
  const returns: number[] = [];
  let dayClose: number | undefined;
  let label: RegimeName | undefined;
  let day = Math.floor(timeMs[0] / dayMs);
  for (let bar = 0; bar < timeMs.length; bar += 1) {
    const today = Math.floor(timeMs[bar] / dayMs);
    if (today !== day) {
      const before = close[bar - 1];
      if (dayClose !== undefined) returns.push(Math.log(before / dayClose));
      dayClose = before;
      day = today;
      label = labelOf(returns.slice(-days), days);
    }
    labels.push(label);
  }
  return labels;
}

function labelOf(returns: readonly number[], days: number): RegimeName | undefined {
  if (returns.length < days) return undefined;
  const sum = returns.reduce((total, value) => total + value, 0);
  const score = sum / (sampleDeviation(returns) * Math.sqrt(days));
  if (score > tercile) return 'bull';
  return score < -tercile ? 'bear' : 'sideways';
}

export type RegimeRules = Readonly<{ days: number; leastTrades: number; startEquity: number }>;

/** What the trades earned by the regime in which they were decided: that of their own market, at the bar before entry. */
export function regimeTable(
  trades: readonly Trade[],
  markets: readonly MarketInput[],
  { days, leastTrades, startEquity }: RegimeRules,
): readonly Regime[] {
  const labels = new Map(markets.map(({ bars }) => [bars.symbol, regimeLabels(bars, days)]));
  const labelled = trades.map((trade) => ({
    trade,
    regime: labels.get(trade.symbol)?.[Math.max(0, trade.entryBar - 1)],
  }));
  return regimeNames.map((name) => {
    const own = labelled.filter(({ regime }) => regime === name).map(({ trade }) => trade);
    const total = own.reduce((sum, { pnl }) => sum + pnl, 0);
    return {
      name,
      trades: own.length,
      pnl: total / startEquity,
      meanReturn:
        own.length === 0 ? undefined : own.reduce((sum, { returnFraction }) => sum + returnFraction, 0) / own.length,
      profitable: own.length < leastTrades ? undefined : total > 0,
    };
  });
}

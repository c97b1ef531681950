import { runBacktest } from '../../core/backtest/engine.ts';
import { periodEquity, periodReturns } from '../../core/backtest/period-returns.ts';
import { dayMs, daysPerYear } from '../../core/market/timeframe.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { parameterValues } from '../../core/strategy/strategy.ts';
import { createIdea, type Hold } from './idea.ts';
import { simulateBars, simulateScores, simulateShocks } from './simulate.ts';

/** Years of each calibrating run, and how many of them; one run of centuries would overflow its prices. */
const years = 10;
const runs = 10;
/** An edge as strategies have it. */
const trialEdge = 0.003;

/** What turns a true annual Sharpe ratio after costs into the edge of a simulated market. */
export type Calibration = Readonly<{ atZero: number; perEdge: number }>;

/**
 * Measures the Sharpe ratio after costs without an edge and with one, over the same century of shocks. What the shocks
 * happened to earn is known (fees are, and without an edge the rest is chance) and taken out of both, so that the answer
 * is that of an endless history: the Sharpe ratio is linear in the edge.
 */
export function calibrate(hold: Hold): Calibration {
  const without = measure(hold, 0);
  const luck = without.mean + without.fees;
  const withEdge = measure(hold, trialEdge);
  const annual = Math.sqrt(daysPerYear);
  const atZero = (-without.fees / without.deviation) * annual;
  const atEdge = ((withEdge.mean - luck) / withEdge.deviation) * annual;
  return { atZero, perEdge: (atEdge - atZero) / trialEdge };
}

export const edgeFor = ({ atZero, perEdge }: Calibration, sharpe: number): number => (sharpe - atZero) / perEdge;

function measure(hold: Hold, edge: number) {
  const { compiled, options } = createIdea(hold, 'fixed');
  const returns: number[] = [];
  let fees = 0;
  for (let run = 0; run < runs; run += 1) {
    const seed = 7_000_000 + run;
    const hours = years * 365 * 24;
    const bars = simulateBars(simulateShocks(hours, seed), simulateScores(hours, seed), { edge, hold, seed });
    const result = runBacktest(compiled, [{ bars }], { ...options, parameters: parameterValues(compiled.strategy) });
    returns.push(...periodReturns(periodEquity(result.equity, dayMs), result.startEquity));
    // Two fees on about the whole equity a trade, as fractions of it.
    fees += (result.trades.length * 2 * options.costs.feeBps) / 10_000;
  }
  return { mean: mean(returns), deviation: sampleDeviation(returns), fees: fees / returns.length };
}

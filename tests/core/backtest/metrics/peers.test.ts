import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../../core/backtest/metrics/index.ts';
import type { MetricName } from '../../../../core/backtest/types.ts';
import { differences } from '../../../near.ts';
import { recorded, recordedSeries, runOfReturns } from './recorded-series.ts';

type Source = 'quantstats' | 'empyrical' | 'plainFormula';

/** Ours, theirs, and how theirs becomes ours where only the sign or a constant differs. */
const same: readonly [MetricName, Source, string, ((theirs: number) => number)?][] = [
  ['totalReturn', 'quantstats', 'comp'],
  ['totalReturn', 'empyrical', 'cum_returns_final'],
  ['cagr', 'quantstats', 'cagr(periods=365)'],
  ['cagr', 'empyrical', 'annual_return(annualization=365)'],
  ['volatility', 'quantstats', 'volatility(periods=365)'],
  ['volatility', 'empyrical', 'annual_volatility(annualization=365)'],
  ['sharpe', 'quantstats', 'sharpe(periods=365)'],
  ['sharpe', 'empyrical', 'sharpe_ratio(annualization=365)'],
  ['sortino', 'quantstats', 'sortino(periods=365)'],
  ['sortino', 'empyrical', 'sortino_ratio(annualization=365)'],
  ['calmar', 'quantstats', 'calmar(periods=365)'],
  ['calmar', 'empyrical', 'calmar_ratio(annualization=365)'],
  ['maxDrawdown', 'quantstats', 'max_drawdown', (theirs) => -theirs],
  ['maxDrawdown', 'plainFormula', 'maxDrawdown, starting equity 1 counted as a peak', (theirs) => -theirs],
  ['ulcerIndex', 'quantstats', 'ulcer_index'],
  // quantstats' own value_at_risk is parametric; empyrical's is historical, as ours.
  ['var95', 'empyrical', 'value_at_risk(cutoff=0.05)', (theirs) => -theirs],
  ['cvar95', 'empyrical', 'conditional_value_at_risk(cutoff=0.05)', (theirs) => -theirs],
  ['skew', 'quantstats', 'skew'],
  ['kurtosis', 'quantstats', 'kurtosis', (theirs) => theirs + 3],
  ['omega', 'quantstats', 'omega(periods=365)'],
  ['omega', 'empyrical', 'omega_ratio(annualization=365)'],
  ['tailRatio', 'quantstats', 'tail_ratio'],
  ['tailRatio', 'empyrical', 'tail_ratio'],
  ['psr', 'quantstats', 'probabilistic_sharpe_ratio(periods=365)'],
];

describe('metrics of two years of daily returns equal those of quantstats and empyrical', () => {
  for (const { name, returns, ...peers } of recordedSeries.filter((series) => series.returns.length === 730)) {
    it(`of ${name}`, () => {
      const { metrics } = computeMetrics(runOfReturns(returns));
      const differing = same.flatMap(([metric, source, label, toOurs = (theirs: number) => theirs]) =>
        differences(`${metric} of ${source}`, metrics[metric], toOurs(peers[source][label] ?? NaN)),
      );
      expect(differing).toEqual([]);
    });
  }
});

const ofReturns: readonly MetricName[] = [
  'volatility', 'sharpe', 'sortino', 'ulcerIndex', 'var95', 'cvar95', 'skew', 'kurtosis', 'omega', 'tailRatio', 'psr',
]; // prettier-ignore

describe('series on which the peers give noise', () => {
  it('ten days are too few for anything of daily returns', () => {
    const { metrics, unavailable } = computeMetrics(runOfReturns(recorded('short10').returns));
    for (const name of ofReturns) {
      expect(metrics[name]).toBeUndefined();
      expect(unavailable[name]).toBe('needs 30 days, there are 10');
    }
    expect(differences('totalReturn', metrics.totalReturn, recorded('short10').quantstats['comp'])).toEqual([]);
  });

  it('constant returns have no spread, not a Sharpe ratio of 2.9e16', () => {
    const { returns } = recorded('constant');
    const run = runOfReturns(returns);
    expect(computeMetrics(run).unavailable).toMatchObject(
      Object.fromEntries(ofReturns.map((name) => [name, 'the returns do not vary'])),
    );
    expect(computeMetrics(run).unavailable.calmar).toBe('no drawdown');
    // The same series, as a run would see it: read back from marks, with their rounding.
    const marks = run.equity.equity;
    const readBack = Float64Array.from(marks, (mark, day) => mark / (day === 0 ? 10_000 : (marks[day - 1] ?? NaN)) - 1);
    const again = { ...run, returns: readBack, sortedReturns: readBack.toSorted() };
    expect(computeMetrics(again).unavailable.sharpe).toBe('the returns do not vary');
  });

  it('a day of -100 % leaves no growth rate, and the whole equity as drawdown', () => {
    const { returns, quantstats } = recorded('totalLoss');
    const { metrics, unavailable } = computeMetrics(runOfReturns(returns));
    expect(metrics.totalReturn).toBe(-1);
    expect(metrics.maxDrawdown).toBe(1);
    expect(unavailable.cagr).toBe('the final equity is not positive');
    expect(unavailable.calmar).toBe('the final equity is not positive');
    expect(differences('sharpe', metrics.sharpe, quantstats['sharpe(periods=365)'])).toEqual([]);
    expect(differences('volatility', metrics.volatility, quantstats['volatility(periods=365)'])).toEqual([]);
  });
});

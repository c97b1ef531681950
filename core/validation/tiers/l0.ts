import { informationCoefficient } from '../../backtest/information-coefficient.ts';
import type { BacktestResult, ForecastQuality } from '../../backtest/types.ts';
import { dayMs } from '../../market/timeframe.ts';
import { normalCdf } from '../../math/normal.ts';
import { futilityP } from '../futility.ts';
import type { GateThresholds } from '../thresholds.ts';
import type { Gate, Window } from '../verdict.ts';
import { windowBeforeHoldout } from '../windows.ts';
import type { TierOutcome, TierRule, TierSubject } from './tier-rule.ts';

/**
 * L0, sanity: half a year of the primary asset with default parameters. It only stops what is futile: about one
 * worthless strategy in four passes, and four in five with a true annual Sharpe of 2 (specification, section 6).
 */
export const l0: TierRule = {
  scope: 'primary',
  history: 'half a year of the primary asset before the holdout',
  judge({ markets: [primary], thresholds: { L0: thresholds }, seed, hasForecast, backtest }: TierSubject): TierOutcome {
    const { bars, window, tooShort } = windowBeforeHoldout(primary.bars, 'L0', thresholds.historyDays * dayMs);
    if (tooShort) return refusedForData(window);
    const market = { ...primary, bars };
    const result = backtest([market]);
    const forecast = hasForecast ? result.forecast : informationCoefficient(result.decided[0], bars.open);
    const gates = l0Gates({ result, forecast, thresholds, seed });
    return {
      passed: gates.every(({ passed }) => passed),
      gates,
      metrics: result.metrics,
      windows: [window],
      used: [market],
      trials: 1,
      result,
      warnings: [...(window.note === undefined ? [] : [`L0: ${window.note}`]), ...result.warnings],
    };
  },
};

type L0Facts = Readonly<{
  result: Pick<BacktestResult, 'counts' | 'metrics' | 'trades'>;
  /** Undefined where it could not be computed. */
  forecast: ForecastQuality | undefined;
  thresholds: GateThresholds['L0'];
  seed: number;
}>;

/** The rows of L0 for a run; row names are those that auto-retry reads. */
export const l0Gates = (facts: L0Facts): readonly Gate[] => [
  signalsGate(facts),
  winRateGate(facts),
  informationGate(facts),
  futilityGate(facts),
];

function signalsGate({ result: { counts }, thresholds: { signals } }: L0Facts): Gate {
  return {
    name: 'signals',
    value: counts.entries,
    threshold: `> ${signals}`,
    passed: counts.entries > signals,
    fixable: true,
    errorType: 'signal_frequency_low',
  };
}

function winRateGate({ result: { metrics }, thresholds: { winRateDistance } }: L0Facts): Gate {
  const row = {
    name: 'winRate',
    threshold: `abs(winRate - 0.5) >= ${winRateDistance}`,
    fixable: true,
    errorType: 'win_rate_suspicious',
  };
  if (metrics.winRate === undefined) return { ...row, passed: false, note: 'no trades' };
  const distance = Math.abs(metrics.winRate - 0.5);
  return { ...row, value: distance, passed: distance >= winRateDistance, note: `win rate ${metrics.winRate}` };
}

/** Its p is that of an IC of zero or less (large-sample normal, variance 1 / (pairs - 1)); its alpha, what noise passes. */
function informationGate({ forecast, thresholds }: L0Facts): Gate {
  const least = thresholds.informationCoefficient;
  const row = {
    name: 'informationCoefficient',
    threshold: `> ${least}`,
    fixable: true,
    errorType: 'sharpe_below_threshold',
  };
  if (forecast === undefined)
    return { ...row, passed: false, note: 'fewer than 100 pairs, or a forecast that never varies' };
  const scale = Math.sqrt(forecast.pairs - 1);
  const statistic = forecast.ic * scale;
  return {
    ...row,
    value: forecast.ic,
    passed: forecast.ic > least,
    test: {
      name: 'IC <= 0, one-sided',
      statistic,
      pValue: normalCdf(-statistic),
      alpha: normalCdf(-least * scale),
    },
    note: `${forecast.pairs} pairs`,
  };
}

function futilityGate({ result: { trades }, thresholds, seed }: L0Facts): Gate {
  const row = {
    name: 'futility',
    threshold: `p < ${thresholds.futilityP}`,
    fixable: true,
    errorType: 'sharpe_below_threshold',
  };
  if (trades.length === 0) return { ...row, passed: false, note: 'no trades' };
  const returns = trades.map(({ returnFraction }) => returnFraction);
  const pValue = futilityP(returns, { resamples: thresholds.futilityResamples, seed });
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return {
    ...row,
    value: mean,
    passed: pValue < thresholds.futilityP,
    test: { name: 'mean trade return <= 0, bootstrap', statistic: mean, pValue, alpha: thresholds.futilityP },
    note: 'mean trade return',
  };
}

/** Under half of the history that is asked: nothing may be concluded, and no fix of the strategy changes that. */
function refusedForData(window: Window): TierOutcome {
  const gate: Gate = {
    name: 'data',
    threshold: 'at least half of the history that is asked',
    passed: false,
    fixable: false,
    errorType: 'data_unavailable',
    ...(window.note === undefined ? {} : { note: window.note }),
  };
  return { passed: false, gates: [gate], metrics: {}, windows: [window], used: [], trials: 0, warnings: [] };
}

import { runBacktest } from '../../backtest/engine.ts';
import { informationCoefficient } from '../../backtest/information-coefficient.ts';
import type { BacktestResult, ForecastQuality } from '../../backtest/types.ts';
import { dayMs } from '../../market/timeframe.ts';
import { normalCdf } from '../../math/normal.ts';
import { parameterValues } from '../../strategy/strategy.ts';
import { futilityP } from '../futility.ts';
import { gateDefinitions, gateRow } from '../gates.ts';
import { refuseHoles } from '../holes.ts';
import type { L0Thresholds } from '../thresholds.ts';
import type { Gate } from '../verdict.ts';
import { windowBeforeHoldout } from '../windows.ts';
import { refusedForData, windowWarnings } from './refused.ts';
import type { TierRule, TierSubject } from './tier-rule.ts';

const definitions = gateDefinitions.L0;

/**
 * L0, sanity: half a year of the primary asset with default parameters. It only stops what is futile: about one
 * worthless strategy in four passes, and four in five with a true annual Sharpe of 2 (specification, section 6).
 */
export const l0: TierRule = {
  scope: 'primary',
  history: 'half a year of the primary asset before the holdout',
  judge({ strategy, markets, holdoutMs, options, thresholds: { L0: thresholds }, seed, allowGaps }: TierSubject) {
    const [primary] = markets;
    const askedMs = thresholds.historyDays * dayMs;
    const { bars, window, tooShort } = windowBeforeHoldout(primary.bars, 'L0', askedMs, holdoutMs);
    if (tooShort) return refusedForData(window);
    const market = { ...primary, bars };
    if (!allowGaps) refuseHoles([market]);
    const result = runBacktest(strategy, [market], { ...options, parameters: parameterValues(strategy.strategy) });
    const hasForecast = strategy.strategy.forecast !== undefined;
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
      warnings: [...windowWarnings(window), ...result.warnings],
    };
  },
};

type L0Facts = Readonly<{
  result: Pick<BacktestResult, 'counts' | 'metrics' | 'trades'>;
  /** Undefined where it could not be computed. */
  forecast: ForecastQuality | undefined;
  thresholds: L0Thresholds;
  seed: number;
}>;

/** The rows of L0 for a run; row names are those that auto-retry reads. */
export const l0Gates = (facts: L0Facts): readonly Gate[] => [
  signalsGate(facts),
  winRateGate(facts),
  informationGate(facts),
  futilityGate(facts),
];

function signalsGate({ result: { counts }, thresholds }: L0Facts): Gate {
  return gateRow(
    definitions.signals,
    { L0: thresholds },
    {
      value: counts.entries,
      passed: counts.entries > thresholds.signals,
    },
  );
}

function winRateGate({ result: { metrics }, thresholds }: L0Facts): Gate {
  const { winRate } = metrics;
  const distance = winRate === undefined ? undefined : Math.abs(winRate - 0.5);
  return gateRow(
    definitions.winRate,
    { L0: thresholds },
    {
      ...(distance !== undefined && { value: distance }),
      passed: distance !== undefined && distance >= thresholds.winRateDistance,
      note: winRate === undefined ? 'no trades' : `win rate ${winRate}`,
    },
  );
}

/** Its p is that of an IC of zero or less (large-sample normal, variance 1 / (pairs - 1)); its alpha, what noise passes. */
function informationGate({ forecast, thresholds }: L0Facts): Gate {
  const definition = definitions.informationCoefficient;
  if (forecast === undefined) {
    const note = 'fewer than 100 pairs, or a forecast that never varies';
    return gateRow(definition, { L0: thresholds }, { passed: false, note });
  }
  const least = thresholds.informationCoefficient;
  const scale = Math.sqrt(forecast.pairs - 1);
  const statistic = forecast.ic * scale;
  return gateRow(
    definition,
    { L0: thresholds },
    {
      value: forecast.ic,
      passed: forecast.ic > least,
      test: { name: definition.test, statistic, pValue: normalCdf(-statistic), alpha: normalCdf(-least * scale) },
      note: `${forecast.pairs} pairs`,
    },
  );
}

function futilityGate({ result: { trades }, thresholds, seed }: L0Facts): Gate {
  const definition = definitions.futility;
  if (trades.length === 0) return gateRow(definition, { L0: thresholds }, { passed: false, note: 'no trades' });
  const returns = trades.map(({ returnFraction }) => returnFraction);
  const pValue = futilityP(returns, { resamples: thresholds.futilityResamples, seed });
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return gateRow(
    definition,
    { L0: thresholds },
    {
      value: mean,
      passed: pValue < thresholds.futilityP,
      test: { name: definition.test, statistic: mean, pValue, alpha: thresholds.futilityP },
      note: 'mean trade return',
    },
  );
}

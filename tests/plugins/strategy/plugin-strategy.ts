import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { strategyPlugins } from '../../../plugins/strategy/catalogue.ts';

/** A strategy that uses every series plugin, with parameters in an input and beside one, and a sizing plugin. */
export const pluginStrategyText = `id: STR-900
name: All series plugins
hypothesis: A test.
universe: [ETH/USDT]
timeframe: 1h
parameters:
  pause: { default: 2, min: 1, max: 4, step: 1, role: lookback }
  calm: { default: 1.2, min: 0.8, max: 2, step: 0.2, role: threshold }
features:
  fair: trend.level
  stretch: (close - fair) / fair
plugins:
  trend:
    plugin: fe_kalman
    input: { series: close }
    params: { model: localLinearTrend, noise: { mode: fixed, epsilonVar: 40, levelVar: 4, slopeVar: 0.02 } }
  vol: { plugin: fe_garch, input: { returns: "roc(close, pause)" }, params: { variant: ewma, lambda: 0.9 } }
  frac: { plugin: fe_fracdiff, input: { series: close }, params: { d: 0.4, threshold: 0.01 } }
  clean: { plugin: fe_wavelet, input: { series: frac.values }, params: { window: 32 } }
  noise: { plugin: fe_entropy, input: { series: returns }, params: { window: 20, measures: [permutation] } }
signals:
  enterLong: trend.slope > 0 and abs(vol.standardized) < calm and clean.values < frac.values
  exitLong: trend.slope < 0 or noise.permutation > 0.99
  enterShort: trend.slope < 0 and stretch > 0.001 and abs(vol.standardized) < calm
  exitShort: trend.slope > 0
forecast: -stretch / sqrt(vol.nextVariance)
sizing:
  plugin: risk_vol_target
  params: { targetVol: 0.6, annualisation: 8760, halfLife: 48 }
  maxFraction: 0.5 + calm / 4
`;

export function strategyOf(text: string): Strategy {
  const { strategy, errors } = checkStrategyText(text, strategyPlugins);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return strategy;
}

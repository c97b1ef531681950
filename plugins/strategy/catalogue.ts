import type { StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { cvarSizing } from './cvar-size.ts';
import { drawdownSize } from './drawdown-size.ts';
import { entropySeries } from './entropy-series.ts';
import { fracdiffSeries } from './fracdiff-series.ts';
import { garchSeries } from './garch-series.ts';
import { kalmanSeries } from './kalman-series.ts';
import { kellySize } from './kelly-size.ts';
import { volTargetSize } from './vol-target-size.ts';
import { waveletSeries } from './wavelet-series.ts';

const series = [kalmanSeries, garchSeries, fracdiffSeries, waveletSeries, entropySeries];
const sizing = [volTargetSize, cvarSizing, kellySize, drawdownSize];

/** The plugins that a strategy file may name, in the order of the catalogue. */
export const strategyPlugins: StrategyPlugins = {
  series: new Map(series.map((plugin) => [plugin.id, plugin])),
  sizing: new Map(sizing.map((plugin) => [plugin.id, plugin])),
};

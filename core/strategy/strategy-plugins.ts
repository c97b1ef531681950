import type { Bars } from '../market/bars.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { SavedState, SeriesRun } from './functions/series-function.ts';
import type { SourceColumn } from './graph.ts';
import type { Strategy } from './strategy.ts';

/** The settings of a plugin as a strategy file has them: plain JSON. */
export type PluginParams = Readonly<Record<string, unknown>>;

/**
 * A plugin of the catalogue whose outputs are series of a strategy. Core gets it from outside and knows no plugin by
 * name.
 */
export type SeriesPlugin = Readonly<{
  id: string;
  /** The names of its input series; all are needed. */
  inputs: readonly string[];
  /** Columns of the bars that it reads beside its inputs, after them; default none. */
  columns?: readonly SourceColumn[];
  /** Parameters of the strategy whose values it reads; default none. */
  parameters?: readonly string[];
  /**
   * The plugin with its settings.
   * @throws DeskError BadInput at `params.…` for what is wrong with them, and for a mode that would look ahead
   */
  bind: (params: PluginParams) => BoundSeries;
}>;

/** A series plugin that knows its settings. */
export type BoundSeries = Readonly<{
  /** All settings that its values depend on, what was left out with its default: equal ones, equal values. */
  params: PluginParams;
  outputs: readonly string[];
  /**
   * A run as of any function of the language: causal, the same bits from any cut. Inputs stand in the order of
   * `inputs`, outputs in that of `outputs`; missing is NaN. `constants` are the values of the plugin's `parameters`.
   */
  create: (saved?: SavedState, constants?: readonly number[]) => SeriesRun;
}>;

/**
 * The size of an entry that is decided at a bar, by the symbol's close returns up to it: as a fraction of the equity,
 * positive in favour of the direction. What is missing (NaN) or not positive is no entry.
 */
export type SizeAt = (bar: number, direction: 1 | -1) => number;

/** A plugin of the catalogue that sizes entries. */
export type SizingPlugin = Readonly<{
  id: string;
  /**
   * The plugin with its settings; what is annual and left out is for bars of the timeframe.
   * @throws DeskError BadInput at `params.…`
   */
  bind: (params: PluginParams, timeframe: Timeframe) => BoundSizing;
}>;

export type BoundSizing = Readonly<{
  params: PluginParams;
  /** A size is a fraction of the equity, at most maxFraction; a multiplier (0..1) is a share of maxFraction. */
  gives: 'size' | 'multiplier';
  create: (bars: Bars) => SizeAt;
}>;

/** The plugins that strategy files may name, by id. */
export type StrategyPlugins = Readonly<{
  series: ReadonlyMap<string, SeriesPlugin>;
  sizing: ReadonlyMap<string, SizingPlugin>;
}>;

export const noPlugins: StrategyPlugins = { series: new Map(), sizing: new Map() };

/** Gets the plugins when a strategy is found to use one: few do, and they take a while to load. */
export type LoadPlugins = () => Promise<StrategyPlugins>;

export const loadNoPlugins: LoadPlugins = () => Promise.resolve(noPlugins);

/** The plugins for a strategy, loaded where it uses any. */
export const pluginsFor = (
  { plugins, sizing }: Pick<Strategy, 'plugins' | 'sizing'>,
  load: LoadPlugins,
): Promise<StrategyPlugins> => (plugins.length > 0 || sizing.method === 'plugin' ? load() : Promise.resolve(noPlugins));

import { DeskError } from '../errors.ts';
import type { Expression } from './expression.ts';
import type { ArgumentSpec, SeriesFunction, SeriesRun } from './functions/series-function.ts';
import type { SourceColumn } from './graph.ts';
import type { PluginSeries, Strategy } from './strategy.ts';
import type { BoundSizing, StrategyPlugins } from './strategy-plugins.ts';

/** A plugin series as the compiler sees it: a call of a function of its own, under an alias. */
export type PluginCall = Readonly<{
  definition: SeriesFunction;
  inputs: readonly Expression[];
  /** What it reads of the bars after its inputs. */
  columns: readonly SourceColumn[];
  /** The parameters of the strategy that are its constants. */
  constants: readonly Expression[];
}>;

/**
 * The series plugins of a strategy by alias. Plugins of the same settings are one function, whatever they are called,
 * so calls with the same inputs share their series.
 */
export function bindSeriesPlugins(
  series: readonly PluginSeries[],
  { series: known }: StrategyPlugins,
): ReadonlyMap<string, PluginCall> {
  return new Map(
    series.map((each) => {
      const plugin = known.get(each.plugin);
      const path = `plugins.${each.alias}`;
      if (plugin === undefined) {
        throw new DeskError('BadInput', `no series plugin ${each.plugin} is known`, { path: `${path}.plugin` });
      }
      const { params, outputs, create } = under(path, () => plugin.bind(each.params));
      const { inputs, columns = [], parameters = [] } = plugin;
      const definition: SeriesFunction = {
        name: `${plugin.id} ${JSON.stringify(params)}`,
        summary: `The outputs of ${plugin.id}.`,
        args: [...inputs.map(argument('series')), ...parameters.map(argument('constant'))],
        columns: [],
        outputs,
        create: (constants, saved) => placedRun(path, create(saved, constants)),
      };
      const call: PluginCall = {
        definition,
        inputs: inputs.map((name) => inputOf(each, name)),
        columns,
        constants: parameters.map((name) => ({ kind: 'name', name, at: 1 })),
      };
      return [each.alias, call];
    }),
  );
}

const argument =
  (kind: 'series' | 'constant') =>
  (name: string): ArgumentSpec => ({ name, kind });

function inputOf({ alias, plugin, input }: PluginSeries, name: string): Expression {
  const found = input[name];
  if (found !== undefined) return found;
  throw new DeskError('BadInput', `${plugin} needs its input ${name}`, { path: `plugins.${alias}.input` });
}

/** The plugin that sizes entries, where the strategy names one. */
export function bindSizingPlugin(
  { sizing, timeframe }: Pick<Strategy, 'sizing' | 'timeframe'>,
  { sizing: known }: StrategyPlugins,
): BoundSizing | undefined {
  if (sizing.method !== 'plugin') return undefined;
  const plugin = known.get(sizing.plugin);
  if (plugin === undefined) {
    throw new DeskError('BadInput', `no sizing plugin ${sizing.plugin} is known`, { path: 'sizing.plugin' });
  }
  return under('sizing', () => plugin.bind(sizing.params, timeframe));
}

/** What a run refuses is named by its place in the file. */
const placedRun = (path: string, run: SeriesRun): SeriesRun => ({
  advance: (inputs, outputs, from, to) => under(path, () => run.advance(inputs, outputs, from, to)),
  save: () => run.save(),
});

function under<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    // What names a file says where it is already.
    if (!(thrown instanceof DeskError) || thrown.place.file !== undefined) throw thrown;
    const { path: inner, ...place } = thrown.place;
    const whole = inner === undefined ? path : `${path}.${inner}`;
    throw new DeskError(thrown.code, thrown.message, { ...place, path: whole, cause: thrown });
  }
}

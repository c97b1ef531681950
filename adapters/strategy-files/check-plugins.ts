import { DeskError } from '../../core/errors.ts';
import type { Timeframe } from '../../core/market/timeframe.ts';
import { nearestName } from '../../core/nearest.ts';
import type { PluginSeries } from '../../core/strategy/strategy.ts';
import type { PluginParams, SeriesPlugin, StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import type { ShapedFile } from './check-shape.ts';
import type { Checking } from './checking.ts';
import type { Path } from './yaml-document.ts';

/**
 * The `plugins:` section; its aliases become names of the other expressions. Settings come back whole, defaults
 * included, so that files that mean the same have the same hash.
 */
export function checkPlugins(file: ShapedFile, checking: Checking, { series }: StrategyPlugins): PluginSeries[] {
  for (const alias of checking.namesOf('plugins')) checking.outputs.set(alias, undefined);
  const bound = Object.entries(file.plugins ?? {}).map(([alias, { plugin: id, input, params = {} }]) => {
    const path = ['plugins', alias];
    const plugin = found(series, id, checking, { path: [...path, 'plugin'], what: 'series plugin' });
    const settings = plugin && bindParams(plugin, params, path, checking);
    checking.outputs.set(alias, settings?.outputs);
    return { alias, id, plugin, input, params: settings?.params ?? params };
  });
  return bound.map(({ alias, id, plugin, input, params }) => {
    if (plugin !== undefined) checkInputNames(plugin, input, alias, checking);
    const inputs = Object.entries(input).flatMap(([name, text]) => {
      const expression = checking.series(text, ['plugins', alias, 'input', name]);
      return expression === undefined ? [] : [[name, expression] as const];
    });
    return { alias, plugin: id, input: Object.fromEntries(inputs), params };
  });
}

type SizingAsked = Readonly<{ plugin: string; params?: PluginParams | undefined; timeframe: Timeframe }>;

/** The settings of a sizing plugin, whole; as they were where the plugin is not known or refuses them. */
export function checkSizingPlugin(
  { plugin: id, params = {}, timeframe }: SizingAsked,
  checking: Checking,
  { sizing }: StrategyPlugins,
): PluginParams {
  const plugin = found(sizing, id, checking, { path: ['sizing', 'plugin'], what: 'sizing plugin' });
  const bind = (settings: PluginParams) => plugin?.bind(settings, timeframe);
  return bindParams({ id, bind }, params, ['sizing'], checking)?.params ?? params;
}

type Asked = Readonly<{ path: Path; what: string }>;

function found<Plugin>(
  plugins: ReadonlyMap<string, Plugin>,
  id: string,
  { problem }: Checking,
  { path, what }: Asked,
): Plugin | undefined {
  const plugin = plugins.get(id);
  if (plugin !== undefined) return plugin;
  const ids = [...plugins.keys()];
  const nearest = nearestName(id, ids);
  problem(path, `${id} is no ${what} of strategy files`, {
    expected: ids.length === 0 ? 'no plugin: none is installed' : `one of ${ids.join(' ')}`,
    ...(nearest === undefined ? {} : { nearest }),
  });
  return undefined;
}

/** The plugin with its settings; what it refuses of them is a problem at the setting. */
function bindParams<Bound>(
  { id, bind }: Readonly<{ id: string; bind: (params: PluginParams) => Bound }>,
  params: PluginParams,
  path: Path,
  { problem }: Checking,
): Bound | undefined {
  try {
    return bind(params);
  } catch (thrown) {
    if (!(thrown instanceof DeskError) || thrown.code !== 'BadInput') throw thrown;
    const { path: inner = 'params', found: value, nearest } = thrown.place;
    // A schema says both in one: "Too small: expected number to be >=10".
    const [, message = thrown.message, said] = /^(.*): expected (.*)$/s.exec(thrown.message) ?? [];
    const expected = thrown.place.expected ?? said ?? `settings as nightdesk plugins show ${id} has them`;
    problem([...path, ...partsOf(inner)], message, {
      expected,
      ...(value === undefined ? {} : { found: value }),
      ...(nearest === undefined ? {} : { nearest }),
    });
    return undefined;
  }
}

/** `params.measures[0]` -> `['params', 'measures', 0]`. */
const partsOf = (path: string): Path =>
  [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));

function checkInputNames(
  { id, inputs }: SeriesPlugin,
  given: Readonly<Record<string, unknown>>,
  alias: string,
  { problem }: Checking,
): void {
  const path = ['plugins', alias, 'input'];
  const unknown = Object.keys(given).filter((name) => !inputs.includes(name));
  for (const name of unknown) {
    const nearest = nearestName(name, inputs);
    const place = { expected: inputs.join(' '), ...(nearest === undefined ? {} : { nearest }) };
    problem([...path, name], `${id} has no input ${name}`, place);
  }
  if (unknown.length > 0) return; // what is missing was misspelt
  for (const name of inputs) {
    if (!Object.hasOwn(given, name)) problem([...path, name], 'is missing', { expected: 'an expression' });
  }
}

import { nearestName } from '../../core/nearest.ts';
import type { PluginSeries } from '../../core/strategy/strategy.ts';
import type { ShapedFile } from './check-shape.ts';
import type { Checking } from './checking.ts';

/** The plugins that a strategy file may name. */
export type PluginCatalogue = Readonly<{
  /** Outputs of each series plugin by its id. */
  series: ReadonlyMap<string, readonly string[]>;
  /** Ids of sizing plugins. */
  sizing: ReadonlySet<string>;
}>;

export const noPlugins: PluginCatalogue = { series: new Map(), sizing: new Set() };

/** The `plugins:` section; its aliases become names of the other expressions. */
export function checkPlugins(file: ShapedFile, checking: Checking, catalogue: PluginCatalogue): PluginSeries[] {
  const sections = Object.entries(file.plugins ?? {});
  for (const alias of checking.namesOf('plugins')) checking.outputs.set(alias, undefined);
  return sections.map(([alias, { plugin, input, params = {} }]) => {
    const outputs = catalogue.series.get(plugin);
    if (outputs === undefined) {
      checking.problem(['plugins', alias, 'plugin'], `no series plugin ${plugin} is installed`, {
        ...knownPlugins(plugin, catalogue.series.keys()),
      });
    }
    checking.outputs.set(alias, outputs);
    const inputs = Object.entries(input).flatMap(([name, text]) => {
      const expression = checking.series(text, ['plugins', alias, 'input', name]);
      return expression === undefined ? [] : [[name, expression] as const];
    });
    return { alias, plugin, input: Object.fromEntries(inputs), params };
  });
}

/** A sizing plugin that is not installed is a problem. */
export function checkSizingPlugin(plugin: string, { problem }: Checking, catalogue: PluginCatalogue): void {
  if (catalogue.sizing.has(plugin)) return;
  problem(['sizing', 'plugin'], `no sizing plugin ${plugin} is installed`, knownPlugins(plugin, catalogue.sizing));
}

function knownPlugins(name: string, known: Iterable<string>): { expected: string; nearest?: string } {
  const ids = [...known];
  const nearest = nearestName(name, ids);
  const expected = ids.length === 0 ? 'no plugin: none is installed' : 'the id of an installed plugin';
  return nearest === undefined ? { expected } : { expected, nearest };
}

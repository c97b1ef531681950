import type { Feature, Strategy } from '../../core/strategy/strategy.ts';
import { nameProblem } from './check-names.ts';
import type { ShapedFile } from './check-shape.ts';
import type { Checking } from './checking.ts';
import { namedCycles, namedDepths } from './feature-order.ts';

/** Limits of one file. */
const maxNames = { parameters: 50, features: 200, plugins: 20 } as const;
/** Deepest tree once features are put in place of their names: what the compiler recurses over. */
const maxInlinedDepth = 500;

/** Names of parameters, features and plugin series: free, and each given once. */
export function checkNames(_file: ShapedFile, { namesOf, problem }: Checking): void {
  const groups = { parameters: namesOf('parameters'), features: namesOf('features'), plugins: namesOf('plugins') };
  for (const group of ['parameters', 'features', 'plugins'] as const) {
    if (groups[group].length > maxNames[group]) {
      problem([group], 'holds too many names', {
        expected: `at most ${maxNames[group]}`,
        found: String(groups[group].length),
      });
    }
    for (const name of groups[group]) {
      const wrong = nameProblem(name, group, groups);
      if (wrong !== undefined) problem([group, name], wrong, { expected: 'another name' });
    }
  }
}

/** The features in file order. */
export const checkFeatures = (file: ShapedFile, { series }: Checking): Feature[] =>
  Object.entries(file.features ?? {}).flatMap(([name, text]) => {
    const expression = series(text, ['features', name]);
    return expression === undefined ? [] : [{ name, expression }];
  });

/** Cycles of features and plugin series are printed, and a chain that is too deep for the compiler is refused. */
export function checkOrder({ features, plugins }: Pick<Strategy, 'features' | 'plugins'>, { problem }: Checking): void {
  const aliases = new Set(plugins.map(({ alias }) => alias));
  const sectionOf = (name: string) => (aliases.has(name) ? 'plugins' : 'features');
  const named = [
    ...features.map(({ name, expression }) => ({ name, parts: [expression] })),
    ...plugins.map(({ alias, input }) => ({ name: alias, parts: Object.values(input) })),
  ];
  const cycles = namedCycles(named);
  for (const cycle of cycles)
    problem([sectionOf(cycle[0]), cycle[0]], `is part of the cycle ${cycle.join(' -> ')}`, {
      expected: `${sectionOf(cycle[0])} that do not lead back to themselves`,
    });
  if (cycles.length > 0) return;
  for (const [name, depth] of namedDepths(named)) {
    if (depth > maxInlinedDepth) {
      problem([sectionOf(name), name], `is ${depth} deep with the features it uses`, {
        expected: `at most ${maxInlinedDepth}`,
      });
      break;
    }
  }
}

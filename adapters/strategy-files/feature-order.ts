import type { Expression } from '../../core/strategy/expression.ts';
import type { Feature } from '../../core/strategy/strategy.ts';

/** The names that an expression uses, plugin series by their alias. */
function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'name':
      return [expression.name];
    case 'pluginOutput':
      return [expression.alias];
    case 'unary':
      return namesIn(expression.operand);
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case 'conditional':
      return [expression.condition, expression.whenTrue, expression.whenFalse].flatMap(namesIn);
    case 'call':
      return expression.args.flatMap(namesIn);
    default:
      return expression satisfies never;
  }
}

/** The first way on which a feature leads back to itself, as `[a, b, a]`, from each feature that starts one. */
export function featureCycles(features: readonly Feature[]): string[][] {
  const uses = new Map(features.map(({ name, expression }) => [name, namesIn(expression)]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (name: string, way: readonly string[]): void => {
    const start = way.indexOf(name);
    if (start >= 0) {
      cycles.push([...way.slice(start), name]);
      return;
    }
    if (done.has(name)) return;
    for (const used of uses.get(name) ?? []) if (uses.has(used)) visit(used, [...way, name]);
    done.add(name);
  };
  for (const { name } of features) visit(name, []);
  return cycles;
}

/**
 * How deep each feature is once the features it uses are put in its place, in calls, operators and names.
 * There must be no cycle.
 */
export function featureDepths(features: readonly Feature[]): Map<string, number> {
  const byName = new Map(features.map(({ name, expression }) => [name, expression]));
  const depths = new Map<string, number>();
  const depthOfName = (name: string): number => {
    const expression = byName.get(name);
    if (expression === undefined) return 1;
    const known = depths.get(name) ?? depthOf(expression);
    depths.set(name, known);
    return known;
  };
  const deepest = (parts: readonly Expression[]): number => 1 + Math.max(0, ...parts.map(depthOf));
  const depthOf = (expression: Expression): number => {
    switch (expression.kind) {
      case 'number':
      case 'pluginOutput':
        return 1;
      case 'name':
        return depthOfName(expression.name);
      case 'unary':
        return deepest([expression.operand]);
      case 'binary':
        return deepest([expression.left, expression.right]);
      case 'conditional':
        return deepest([expression.condition, expression.whenTrue, expression.whenFalse]);
      case 'call':
        return deepest(expression.args);
      default:
        return expression satisfies never;
    }
  };
  for (const { name } of features) depthOfName(name);
  return depths;
}

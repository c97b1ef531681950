import type { Expression } from '../../core/strategy/expression.ts';

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

/** A feature with its expression, or a plugin series with its inputs. */
type Named = Readonly<{ name: string; parts: readonly Expression[] }>;

/** The first way on which a name leads back to itself, as `[a, b, a]`, from each name that starts one. */
export function namedCycles(named: readonly Named[]): string[][] {
  const uses = new Map(named.map(({ name, parts }) => [name, parts.flatMap(namesIn)]));
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
  for (const { name } of named) visit(name, []);
  return cycles;
}

/**
 * How deep each name is once what it uses is put in its place, in calls, operators and names.
 * There must be no cycle.
 */
export function namedDepths(named: readonly Named[]): Map<string, number> {
  const byName = new Map(named.map(({ name, parts }) => [name, parts]));
  const depths = new Map<string, number>();
  const depthOfName = (name: string): number => {
    const parts = byName.get(name);
    if (parts === undefined) return 1;
    const known = depths.get(name) ?? Math.max(1, ...parts.map(depthOf));
    depths.set(name, known);
    return known;
  };
  const deepest = (parts: readonly Expression[]): number => 1 + Math.max(0, ...parts.map(depthOf));
  const depthOf = (expression: Expression): number => {
    switch (expression.kind) {
      case 'number':
        return 1;
      case 'name':
        return depthOfName(expression.name);
      case 'pluginOutput':
        return 1 + depthOfName(expression.alias);
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
  for (const { name } of named) depthOfName(name);
  return depths;
}

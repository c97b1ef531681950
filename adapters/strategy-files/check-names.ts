import { builtinSeries } from '../../core/strategy/expression.ts';
import { functionSignatures } from '../../core/strategy/signatures.ts';
import { flowComma } from './check-shape.ts';
import { reservedWords } from './tokens.ts';

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** The groups whose names share one space with the language. */
export type NameGroup = 'parameters' | 'features' | 'plugins';

const singular: Readonly<Record<NameGroup, string>> = {
  parameters: 'a parameter',
  features: 'a feature',
  plugins: 'a plugin series',
};

/** Why a name may not be given to a parameter, feature or plugin series; undefined when it may. */
export function nameProblem(
  name: string,
  group: NameGroup,
  groups: Record<NameGroup, readonly string[]>,
): string | undefined {
  if (name.includes(')')) return `${name} is no name: ${flowComma}`;
  if (!namePattern.test(name)) return `${name} is no name: a letter or _, then at most 63 letters, digits or _`;
  if ((builtinSeries as readonly string[]).includes(name))
    return `the name ${name} is taken by the language (a series)`;
  if (functionSignatures.has(name)) return `the name ${name} is taken by the language (a function)`;
  if (reservedWords.includes(name)) return `the name ${name} is taken by the language`;
  if (name in {}) return `the name ${name} is taken by JavaScript`;
  const order: readonly NameGroup[] = ['parameters', 'features', 'plugins'];
  const other = order.slice(0, order.indexOf(group)).find((each) => groups[each].includes(name));
  return other === undefined ? undefined : `the name ${name} is ${singular[other]} already`;
}

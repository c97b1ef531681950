import { codePluginId } from './code-plugin.ts';
import { elementwiseFunctions } from './elementwise.ts';
import type { BinaryOperator, Expression } from './expression.ts';
import { functionSignatures } from './signatures.ts';
import { type PluginSeries, signalNames, type Strategy } from './strategy.ts';

/** Turns a text into a short one; equal texts only give equal ones (SHA-256; core has none of its own). */
export type TextHash = (text: string) => string;

/** What stands in the place of every number, parameter, and expression over those alone. */
const constant = '#';

/**
 * The shape of an idea: what its signals look at and how, with every constant blanked. Strategies of one shape are near
 * copies of each other, and one family in the trial ledger, whatever they are called.
 *
 * Part of it: the trees of the four signals, features and plugin series put in the place of their names.
 * Not part of it: names, order of features, numbers and parameters, brackets, the order of what may be exchanged
 * (`a and b`, `a + b`, `a > b` for `b < a`, `crossunder(a, b)` for `crossover(b, a)`), and everything beside the signals:
 * universe, timeframe, exits, sizing, costs, forecast. Those are settings of one idea, and trying others on it is a
 * search over it. Like any such rule it can be got round by somebody who wants to; `lineage.parent` is for the others.
 */
export function strategyShape(strategy: Strategy, hash: TextHash): string {
  const walk = walkOf(strategy, hash);
  const signals = signalNames.map((name) => {
    const tree = strategy.signals[name];
    return tree === undefined ? '' : shapeOf(walk, tree);
  });
  return hash(`signals ${signals.join(' ')}`);
}

/** What the walk over a strategy's trees knows and remembers. */
type Walk = Readonly<{
  parameterNames: ReadonlySet<string>;
  featureTrees: ReadonlyMap<string, Expression>;
  featureShapes: Map<string, string>;
  featureChains: Map<string, readonly string[]>;
  pluginByAlias: ReadonlyMap<string, PluginSeries>;
  /** Each part is hashed over the hashes of its own parts: a feature that is used a thousand times is walked once. */
  node(kind: string, parts: readonly string[]): string;
}>;

function walkOf({ parameters, features, plugins }: Strategy, hash: TextHash): Walk {
  return {
    parameterNames: new Set(parameters.map(({ name }) => name)),
    featureTrees: new Map(features.map(({ name, expression }) => [name, expression])),
    featureShapes: new Map(),
    featureChains: new Map(),
    pluginByAlias: new Map(plugins.map((plugin) => [plugin.alias, plugin])),
    node: (kind, parts) => hash(`${kind}(${parts.join(' ')})`),
  };
}

function shapeOf(walk: Walk, expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return constant;
    case 'name':
      return nameShape(walk, expression.name);
    case 'pluginOutput': {
      const plugin = walk.pluginByAlias.get(expression.alias);
      return plugin === undefined
        ? walk.node('name', [expression.alias])
        : pluginShape(walk, plugin, expression.output);
    }
    case 'unary':
      return unlessConstant([shapeOf(walk, expression.operand)], (parts) => walk.node(expression.operator, parts));
    case 'binary':
      return binaryShape(walk, expression);
    case 'conditional': {
      const parts = [expression.condition, expression.whenTrue, expression.whenFalse];
      return unlessConstant(
        parts.map((part) => shapeOf(walk, part)),
        (shapes) => walk.node('?', shapes),
      );
    }
    case 'call':
      return callShape(walk, expression);
    default:
      return expression satisfies never;
  }
}

/** An operator over constants alone is a constant. */
const unlessConstant = (parts: readonly string[], node: (parts: readonly string[]) => string): string =>
  parts.every((part) => part === constant) ? constant : node(parts);

function nameShape(walk: Walk, name: string): string {
  if (walk.parameterNames.has(name)) return constant;
  const tree = walk.featureTrees.get(name);
  if (tree === undefined) return walk.node('name', [name]);
  const shape = walk.featureShapes.get(name) ?? shapeOf(walk, tree);
  walk.featureShapes.set(name, shape);
  return shape;
}

function callShape(walk: Walk, { name, args, output = '' }: Extract<Expression, { kind: 'call' }>): string {
  const leftOut = (functionSignatures.get(name)?.args.slice(args.length) ?? []).filter(
    (spec) => 'default' in spec && spec.default !== undefined,
  );
  const parts = [...args.map((argument) => shapeOf(walk, argument)), ...leftOut.map(() => constant)];
  if (name === 'crossunder') return walk.node('crossover.', parts.toReversed());
  const ordered = exchangeableCalls.has(name) ? parts.toSorted() : parts;
  const node = () => walk.node(`${name}.${output}`, ordered);
  return elementwiseFunctions.has(name) ? unlessConstant(ordered, node) : node();
}

function pluginShape(walk: Walk, { plugin, input, params }: PluginSeries, output: string): string {
  const inputs = Object.entries(input).map(([name, tree]) => `${name}=${shapeOf(walk, tree)}`);
  // Code is hashed twice in its file: as it is, and with its numbers blanked.
  const settings = plugin === codePluginId ? { shape: params['shape'] } : params;
  return walk.node(`plugin ${plugin}.${output}`, [...inputs.toSorted(), JSON.stringify(blanked(settings))]);
}

type Binary = Extract<Expression, { kind: 'binary' }>;

function binaryShape(walk: Walk, { operator, left, right }: Omit<Binary, 'at'>): string {
  const mirrored = mirrors[operator];
  if (mirrored !== undefined)
    return binaryShape(walk, { kind: 'binary', operator: mirrored, left: right, right: left });
  const isExchangeable = exchangeable.has(operator);
  const parts = isExchangeable
    ? [...chain(walk, operator, left), ...chain(walk, operator, right)]
    : [shapeOf(walk, left), shapeOf(walk, right)];
  return unlessConstant(parts, () => walk.node(operator, isExchangeable ? exchanged(operator, parts) : parts));
}

/** The operands of a chain of one operator, however it is bracketed or spread over features. */
function chain(walk: Walk, operator: BinaryOperator, expression: Expression): readonly string[] {
  const tree = expression.kind === 'name' ? walk.featureTrees.get(expression.name) : undefined;
  if (expression.kind === 'name' && tree !== undefined) {
    const key = `${operator} ${expression.name}`;
    const parts = walk.featureChains.get(key) ?? chain(walk, operator, tree);
    walk.featureChains.set(key, parts);
    return parts;
  }
  if (expression.kind !== 'binary' || expression.operator !== operator || !isChained(operator)) {
    return [shapeOf(walk, expression)];
  }
  const parts = [...chain(walk, operator, expression.left), ...chain(walk, operator, expression.right)];
  return parts.length > longestChain ? [walk.node(operator, exchanged(operator, parts))] : parts;
}

/** One order for operands that may stand in any, one constant for any number of them; `a and a` is a. */
function exchanged(operator: BinaryOperator, parts: readonly string[]): readonly string[] {
  const distinct = operator === 'and' || operator === 'or' ? [...new Set(parts)] : parts;
  const withoutConstants = distinct.filter((part) => part !== constant);
  const constants = withoutConstants.length < distinct.length ? [constant] : [];
  return [...constants, ...withoutConstants.toSorted()];
}

const exchangeable: ReadonlySet<BinaryOperator> = new Set(['and', 'or', '+', '*', '==', '!=']);
const exchangeableCalls: ReadonlySet<string> = new Set(['min', 'max']);
const mirrors: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = { '>': '<', '>=': '<=' };

/** Comparisons may exchange their sides, but a chain of them is something else. */
const isChained = (operator: BinaryOperator) => operator !== '==' && operator !== '!=';

/** A longer chain counts as one part: features that double each other would make it grow without end. */
const longestChain = 256;

/** The same value with the keys of every map in order and every number blanked. */
function blanked(value: unknown): unknown {
  if (typeof value === 'number') return constant;
  if (Array.isArray(value)) return value.map(blanked);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, blanked(inner)]);
}

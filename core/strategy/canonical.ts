import type { Expression } from './expression.ts';
import { functionSignatures } from './signatures.ts';
import { type ParameterValues, parameterValues, type PluginSeries, type Sizing, type Strategy } from './strategy.ts';

/**
 * What a strategy means, as one text: equal texts trade alike on the same bars. `strategyHash` is its SHA-256.
 *
 * Part of it: the universe in order, the timeframe, each parameter's default, min, max, step and type in file order
 * (the order of a sweep), the values of this run, the constraints, signals, forecast, exits, sizing and costs.
 * Not part of it: id, name, hypothesis, lineage, roles, comments, positions and brackets, and names that the file
 * gives itself. Features and plugin series are put in the place of their names, parameters are numbered, left-out
 * arguments are written out; a feature that nothing uses is not there. Algebra is not done: a + b is not b + a.
 */
export function canonicalText(strategy: Strategy, set: ParameterValues = {}): string {
  const nodes = createNodes(strategy);
  const { universe, timeframe, parameters, costs } = strategy;
  const values = parameterValues(strategy, set);
  const of = (expression: Expression | undefined) => (expression === undefined ? null : nodes.idOf(expression));
  const { enterLong, exitLong, enterShort, exitShort } = strategy.signals;
  const { stopLoss, takeProfit, trailingStop, maxBars } = strategy.exits;
  const meaning = {
    version: 1,
    universe,
    timeframe,
    parameters: parameters.map(({ default: value, min, max, step, integer }) => [value, min, max, step, integer]),
    values: parameters.map(({ name }) => values[name]),
    constraints: strategy.constraints.map(of),
    signals: [enterLong, exitLong, enterShort, exitShort].map(of),
    forecast: of(strategy.forecast),
    exits: [stopLoss, takeProfit, trailingStop, maxBars].map(of),
    sizing: sizingMeaning(strategy.sizing, of),
    costs: [costs.feeBps, costs.slippageBps],
  };
  return JSON.stringify({ ...meaning, nodes: nodes.texts() });
}

function sizingMeaning(sizing: Sizing, of: (expression: Expression) => number | null): unknown[] {
  switch (sizing.method) {
    case 'fraction':
      return ['fraction', of(sizing.fraction)];
    case 'volTarget':
      return ['volTarget', of(sizing.annualVol), of(sizing.lookback), of(sizing.maxFraction)];
    case 'plugin':
      return ['plugin', sizing.plugin, sorted(sizing.params), of(sizing.maxFraction)];
    default:
      return sizing satisfies never;
  }
}

/**
 * Numbers the distinct parts of the strategy's trees, each written over the numbers of its own parts. A feature that is
 * used a thousand times is one part, so the text grows with the file and not with what it unfolds to.
 */
function createNodes({ parameters, features, plugins }: Strategy) {
  const ids = new Map<string, number>();
  const parameterIndex = new Map(parameters.map(({ name }, index) => [name, index]));
  const featureTrees = new Map(features.map(({ name, expression }) => [name, expression]));
  const featureIds = new Map<string, number>();
  const pluginByAlias = new Map(plugins.map((plugin) => [plugin.alias, plugin]));

  function numbered(text: string): number {
    const id = ids.get(text) ?? ids.size;
    ids.set(text, id);
    return id;
  }

  function named(name: string): number {
    const index = parameterIndex.get(name);
    if (index !== undefined) return numbered(`parameter ${index}`);
    const tree = featureTrees.get(name);
    if (tree === undefined) return numbered(name);
    const id = featureIds.get(name) ?? idOf(tree);
    featureIds.set(name, id);
    return id;
  }

  function pluginText({ plugin, input, params }: PluginSeries): string {
    const inputs = Object.entries(input).map(([name, tree]): [string, number] => [name, idOf(tree)]);
    return `plugin ${JSON.stringify([plugin, sorted(Object.fromEntries(inputs)), sorted(params)])}`;
  }

  function idOf(expression: Expression): number {
    switch (expression.kind) {
      case 'number':
        return numbered(`number ${expression.value}`);
      case 'name':
        return named(expression.name);
      case 'pluginOutput': {
        const { alias, output } = expression;
        const plugin = pluginByAlias.get(alias);
        return numbered(`${plugin === undefined ? alias : pluginText(plugin)} .${output}`);
      }
      case 'unary':
        return numbered(`${expression.operator} ${idOf(expression.operand)}`);
      case 'binary':
        return numbered(`${idOf(expression.left)} ${expression.operator} ${idOf(expression.right)}`);
      case 'conditional': {
        const { condition, whenTrue, whenFalse } = expression;
        return numbered(`${idOf(condition)} ? ${idOf(whenTrue)} : ${idOf(whenFalse)}`);
      }
      case 'call': {
        const args = [...expression.args.map(idOf), ...defaultsOf(expression.name, expression.args.length)];
        return numbered(`${expression.name}(${args.join(', ')})${expression.output ?? ''}`);
      }
      default:
        return expression satisfies never;
    }
  }

  function defaultsOf(name: string, given: number): number[] {
    const left = functionSignatures.get(name)?.args.slice(given) ?? [];
    return left.flatMap((spec) =>
      'default' in spec && spec.default !== undefined ? [numbered(`number ${spec.default}`)] : [],
    );
  }

  return { idOf, texts: () => [...ids.keys()] };
}

/** The same value with the keys of every map in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}

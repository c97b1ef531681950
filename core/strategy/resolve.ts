import { DeskError } from '../errors.ts';
import type { PluginCall } from './bind-plugins.ts';
import { type ElementwiseFunction, elementwiseFunctions } from './elementwise.ts';
import type { BuiltinSeries, Expression } from './expression.ts';
import { expressionText } from './expression-text.ts';
import { seriesFunctions } from './functions/index.ts';
import type { SeriesFunction } from './functions/series-function.ts';
import type { GraphBuilder, Node, SeriesCall } from './graph.ts';
import type { Feature } from './strategy.ts';

type CallExpression = Expression & { kind: 'call' };

/** Puts the meaning of names in their place. Expressions are checked before; what is still wrong is refused by name. */
export type Resolver = Readonly<{
  /** `path` is where the expression stands (`signals.enterLong`); errors name it. */
  resolve: (expression: Expression, path: string) => Node;
}>;

/** The names that an expression may use beside the built-in ones; plugin series by alias. */
export type Names = Readonly<{
  parameterNames: readonly string[];
  features: readonly Feature[];
  plugins?: ReadonlyMap<string, PluginCall>;
}>;

export function createResolver(graph: GraphBuilder, { parameterNames, features, plugins }: Names): Resolver {
  const parameterIndex = new Map(parameterNames.map((name, index) => [name, index]));
  const featureByName = new Map(features.map(({ name, expression }) => [name, expression]));
  const resolvedFeatures = new Map<string, Node | 'inProgress'>();
  const pluginOutput = createPluginOutputs(graph, plugins, (input, path) => resolve(input, path));

  function feature(name: string, expression: Expression): Node {
    const known = resolvedFeatures.get(name);
    if (known === 'inProgress')
      throw new DeskError('BadInput', `feature ${name} uses itself`, { path: `features.${name}` });
    if (known !== undefined) return known;
    resolvedFeatures.set(name, 'inProgress');
    const node = resolve(expression, `features.${name}`);
    resolvedFeatures.set(name, node);
    return node;
  }

  function named(name: string, path: string): Node {
    const expression = featureByName.get(name);
    if (expression !== undefined) return feature(name, expression);
    const index = parameterIndex.get(name);
    if (index !== undefined) return graph.node({ kind: 'parameter', index });
    const builtin = Object.hasOwn(builtins, name) ? builtins[name as BuiltinSeries] : undefined;
    if (builtin === undefined) throw new DeskError('BadInput', `unknown name ${name}`, { path });
    return builtin(graph);
  }

  function called(source: CallExpression, path: string): Node {
    const args = source.args.map((argument) => resolve(argument, path));
    const crossing = crossings[source.name];
    const [a, b] = args;
    if (crossing !== undefined && a !== undefined && b !== undefined) return crossed(graph, a, b, crossing);
    const elementwise = elementwiseFunctions.get(source.name);
    if (elementwise !== undefined) return graph.node({ kind: 'elementwise', definition: elementwise, args });
    const definition = seriesFunctions.get(source.name);
    if (definition === undefined) throw new DeskError('BadInput', `unknown function ${source.name}`, { path });
    return seriesOutput(graph, { definition, args, source, path });
  }

  function resolve(expression: Expression, path: string): Node {
    switch (expression.kind) {
      case 'number':
        return graph.node({ kind: 'number', value: expression.value });
      case 'name':
        return named(expression.name, path);
      case 'unary':
        return graph.node({
          kind: expression.operator === '-' ? 'negate' : 'not',
          operand: resolve(expression.operand, path),
        });
      case 'binary': {
        const { operator, left, right } = expression;
        return graph.node({ kind: 'binary', operator, left: resolve(left, path), right: resolve(right, path) });
      }
      case 'conditional':
        return graph.node({
          kind: 'conditional',
          condition: resolve(expression.condition, path),
          whenTrue: resolve(expression.whenTrue, path),
          whenFalse: resolve(expression.whenFalse, path),
        });
      case 'call':
        return called(expression, path);
      case 'pluginOutput':
        return pluginOutput(expression, path);
      default:
        return expression satisfies never;
    }
  }

  return { resolve };
}

type PluginOutput = Expression & { kind: 'pluginOutput' };

/** Outputs of plugin series; each series is one call, however many of its outputs are used. */
function createPluginOutputs(
  graph: GraphBuilder,
  plugins: Names['plugins'],
  resolve: Resolver['resolve'],
): (expression: PluginOutput, path: string) => Node {
  const calls = new Map<string, SeriesCall | 'inProgress'>();

  function call(alias: string, { definition, inputs, columns, constants }: PluginCall, at: number): SeriesCall {
    const path = `plugins.${alias}`;
    const known = calls.get(alias);
    if (known === 'inProgress') throw new DeskError('BadInput', `plugin series ${alias} uses itself`, { path });
    if (known !== undefined) return known;
    calls.set(alias, 'inProgress');
    const series = [
      ...inputs.map((input, index) => resolve(input, `${path}.input.${definition.args[index].name}`)),
      ...columns.map((column) => graph.node({ kind: 'column', column })),
    ];
    const source = { kind: 'call', name: alias, args: inputs, at } as const;
    const given = constants.map((constant) => resolve(constant, path));
    const made = graph.call({ definition, series, constants: given, source, path });
    calls.set(alias, made);
    return made;
  }

  return ({ alias, output, at }, path) => {
    const plugin = plugins?.get(alias);
    if (plugin === undefined) throw new DeskError('BadInput', `no plugin series ${alias} is known`, { path });
    const place = plugin.definition.outputs.indexOf(output);
    if (place < 0) throw new DeskError('BadInput', `${alias} has no output .${output}`, { path });
    return graph.node({ kind: 'output', call: call(alias, plugin, at), output: place });
  };
}

function seriesOutput(
  graph: GraphBuilder,
  {
    definition,
    args,
    source,
    path,
  }: { definition: SeriesFunction; args: Node[]; source: CallExpression; path: string },
): Node {
  const seriesCount = definition.args.filter(({ kind }) => kind === 'series').length;
  const defaults = definition.args
    .slice(args.length)
    .map((argument) => graph.node({ kind: 'number', value: 'default' in argument ? argument.default : NaN }));
  const columns = definition.columns.map((column) => graph.node({ kind: 'column', column }));
  const call = graph.call({
    definition,
    series: [...args.slice(0, seriesCount), ...columns],
    constants: [...args.slice(seriesCount), ...defaults],
    source,
    path,
  });
  const moving = call.constants.findIndex(({ constant }) => !constant);
  if (moving >= 0) {
    const name = definition.args[seriesCount + moving]?.name ?? '';
    const message = `${expressionText(source)}: ${name} must be made of numbers and parameters alone`;
    throw new DeskError('BadInput', message, { path });
  }
  const output = source.output === undefined ? 0 : definition.outputs.indexOf(source.output);
  return graph.node({ kind: 'output', call, output });
}

/**
 * Crossings are two relations, on this bar and the one before. They are compiled into the loop that uses them, so that
 * a sweep over pairs of means keeps one series a mean and none a pair.
 */
const crossings: Readonly<Record<string, { now: '>' | '<'; before: '<=' | '>=' }>> = {
  crossover: { now: '>', before: '<=' },
  crossunder: { now: '<', before: '>=' },
};

function crossed(graph: GraphBuilder, a: Node, b: Node, { now, before }: (typeof crossings)[string]): Node {
  const previous = (operand: Node): Node => graph.node({ kind: 'previous', operand });
  return graph.node({
    kind: 'binary',
    operator: 'and',
    left: graph.node({ kind: 'binary', operator: now, left: a, right: b }),
    right: graph.node({ kind: 'binary', operator: before, left: previous(a), right: previous(b) }),
  });
}

/** The names that every expression knows, made of the columns of the bars. */
const builtins: Readonly<Record<BuiltinSeries, (graph: GraphBuilder) => Node>> = {
  open: (graph) => graph.node({ kind: 'column', column: 'open' }),
  high: (graph) => graph.node({ kind: 'column', column: 'high' }),
  low: (graph) => graph.node({ kind: 'column', column: 'low' }),
  close: (graph) => graph.node({ kind: 'column', column: 'close' }),
  volume: (graph) => graph.node({ kind: 'column', column: 'volume' }),
  hl2: (graph) => mean(graph, ['high', 'low']),
  hlc3: (graph) => mean(graph, ['high', 'low', 'close']),
  ohlc4: (graph) => mean(graph, ['open', 'high', 'low', 'close']),
  returns(graph) {
    const close = graph.node({ kind: 'column', column: 'close' });
    const previous = graph.node({ kind: 'previous', operand: close });
    const ratio = graph.node({ kind: 'binary', operator: '/', left: close, right: previous });
    return graph.node({ kind: 'binary', operator: '-', left: ratio, right: graph.node({ kind: 'number', value: 1 }) });
  },
  hour: (graph) => ofOpenTime(graph, hourOfDay),
  weekday: (graph) => ofOpenTime(graph, dayOfWeek),
};

function mean(graph: GraphBuilder, columns: readonly ('open' | 'high' | 'low' | 'close')[]): Node {
  const total = columns
    .map((column): Node => graph.node({ kind: 'column', column }))
    .reduce((left, right) => graph.node({ kind: 'binary', operator: '+', left, right }));
  const count = graph.node({ kind: 'number', value: columns.length });
  return graph.node({ kind: 'binary', operator: '/', left: total, right: count });
}

const ofOpenTime = (graph: GraphBuilder, definition: ElementwiseFunction): Node =>
  graph.node({ kind: 'elementwise', definition, args: [graph.node({ kind: 'column', column: 'timeMs' })] });

const clock = { args: [], variadic: false, total: true } as const;

const hourOfDay: ElementwiseFunction = {
  ...clock,
  name: 'hour',
  summary: 'The hour of the open time, 0 to 23.',
  code: (timeMs) => `Math.floor(${timeMs} / 3600000) % 24`,
};

/** Day 0 of the epoch was a Thursday. */
const dayOfWeek: ElementwiseFunction = {
  ...clock,
  name: 'weekday',
  summary: 'The weekday of the open time, 1 Monday to 7 Sunday.',
  code: (timeMs) => `((Math.floor(${timeMs} / 86400000) + 3) % 7 + 1)`,
};

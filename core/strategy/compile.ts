import type { SizingPlan, TradingPlan } from '../backtest/plan.ts';
import type { Bars } from '../market/bars.ts';
import { bindSeriesPlugins, bindSizingPlugin } from './bind-plugins.ts';
import type { Expression } from './expression.ts';
import { expressionText } from './expression-text.ts';
import { createProgram, type Program } from './program.ts';
import { createSeriesCache, type SeriesCache } from './series-cache.ts';
import { exitNames, type ParameterValues, type Strategy } from './strategy.ts';
import { type BoundSizing, noPlugins, type StrategyPlugins } from './strategy-plugins.ts';
import { checkTradingNumber, tradingExpressions } from './trading-numbers.ts';
import { evaluateProgram } from './workspace.ts';

/** A strategy as code; it holds nothing of any run, so one serves every market, point and thread call. */
export type CompiledStrategy = Readonly<{
  strategy: Strategy;
  program: Program;
  /** What sizes entries where `strategy.sizing` names a plugin. */
  sizingPlugin?: BoundSizing;
  /**
   * Signals (1 = true), forecast (NaN = missing), exits and sizing on these bars. Refuses, by the path in the file,
   * windows and other numbers that these parameters make impossible. A cache of these bars shares series with others.
   */
  evaluate: (bars: Bars, parameters: ParameterValues, cache?: SeriesCache) => TradingPlan;
  /** The first constraint that these parameters break. */
  brokenConstraint: (parameters: ParameterValues) => Expression | undefined;
}>;

/**
 * Compiles a checked strategy; about a millisecond.
 * @throws DeskError BadInput where it names a plugin that is not among `plugins`, or binds one wrongly
 */
export function compileStrategy(strategy: Strategy, plugins: StrategyPlugins = noPlugins): CompiledStrategy {
  const sizingPlugin = bindSizingPlugin(strategy, plugins);
  const program = createProgram({
    parameterNames: strategy.parameters.map(({ name }) => name),
    features: strategy.features,
    plugins: bindSeriesPlugins(strategy.plugins, plugins),
    signals: strategy.signals,
    values: strategy.forecast === undefined ? {} : { forecast: strategy.forecast },
    numbers: {
      ...tradingExpressions(strategy),
      ...Object.fromEntries(strategy.constraints.map((each, index) => [constraintPath(index), each])),
    },
  });
  return {
    strategy,
    program,
    ...(sizingPlugin && { sizingPlugin }),
    evaluate: (bars, parameters, cache = createSeriesCache(bars)) =>
      evaluate({ strategy, program, sizingPlugin }, { parameters, cache }),
    brokenConstraint(parameters) {
      const constants = new Float64Array(program.constantCount);
      program.computeConstants(orderedParameters(strategy, parameters), constants);
      return strategy.constraints.find((_, index) => !holds(constants[program.numbers[constraintPath(index)] ?? -1]));
    },
  };
}

/** A condition of constants holds when it is neither 0 nor missing. */
export const holds = (value: number): boolean => value !== 0 && !Number.isNaN(value);

/** The values in the order of the strategy's list; what is not given takes its default. */
export const orderedParameters = (
  { parameters }: Pick<Strategy, 'parameters'>,
  values: ParameterValues,
): Float64Array => Float64Array.from(parameters, ({ name, default: value }) => values[name] ?? value);

type Run = Readonly<{ parameters: ParameterValues; cache: SeriesCache }>;

type Evaluated = Readonly<{ strategy: Strategy; program: Program; sizingPlugin: BoundSizing | undefined }>;

function evaluate({ strategy, program, sizingPlugin }: Evaluated, { parameters, cache }: Run): TradingPlan {
  const run = evaluateProgram(program, orderedParameters(strategy, parameters), cache);
  const numbers = tradingNumbers({ ...strategy, sizingPlugin }, run.number);
  const { forecast } = run.values;
  return { ...run.signals, ...(forecast === undefined ? {} : { forecast }), ...numbers };
}

/** Exits and sizing as numbers, checked. */
function tradingNumbers(
  { exits, sizing, sizingPlugin }: Pick<Strategy, 'exits' | 'sizing'> & Pick<Evaluated, 'sizingPlugin'>,
  numberOf: (path: string) => number,
): Pick<TradingPlan, 'exits' | 'sizing'> {
  const checked = (path: string): number => {
    const value = numberOf(path);
    checkTradingNumber(path, value);
    return value;
  };
  const used = exitNames.filter((name) => exits[name] !== undefined);
  return { exits: Object.fromEntries(used.map((name) => [name, checked(`exits.${name}`)])), sizing: sizingPlan() };

  function sizingPlan(): SizingPlan {
    if (sizing.method === 'fraction') return { method: 'fraction', fraction: checked('sizing.fraction') };
    if (sizingPlugin !== undefined) {
      return { method: 'plugin', plugin: sizingPlugin, maxFraction: checked('sizing.maxFraction') };
    }
    return {
      method: 'volTarget',
      annualVol: checked('sizing.annualVol'),
      lookback: checked('sizing.lookback'),
      maxFraction: checked('sizing.maxFraction'),
    };
  }
}

/** What an expression is evaluated with; `features` may be used in it. */
export type ExpressionContext = Readonly<{
  bars: Bars;
  parameters?: ParameterValues;
  features?: Strategy['features'];
  cache?: SeriesCache;
}>;

/** The value of an expression at every bar; NaN is missing. Its parameters are those that are given values. */
export function evaluateExpression(
  expression: Expression,
  { bars, parameters = {}, features = [], cache = createSeriesCache(bars) }: ExpressionContext,
): Float64Array {
  const text = expressionText(expression);
  const program = createProgram({
    parameterNames: Object.keys(parameters),
    features,
    signals: {},
    values: { [text]: expression },
    numbers: {},
  });
  return evaluateProgram(program, Float64Array.from(Object.values(parameters)), cache).values[text];
}

/** Where the result of a constraint stands among the numbers of the program. */
export const constraintPath = (index: number): string => `constraints[${index}]`;

import { type Bars, sliceBars } from '../market/bars.ts';
import { createPrng } from '../math/prng.ts';
import { bindSeriesPlugins } from './bind-plugins.ts';
import { orderedParameters } from './compile.ts';
import type { Expression } from './expression.ts';
import { createProgram } from './program.ts';
import { createSeriesCache } from './series-cache.ts';
import type { ParameterValues, Strategy } from './strategy.ts';
import { noPlugins, type StrategyPlugins } from './strategy-plugins.ts';
import { evaluateProgram } from './workspace.ts';

/** Everything that is computed on bars, by name; columns have the length of the bars. */
export type EvaluateColumns = (bars: Bars) => Readonly<Record<string, ArrayLike<number>>>;

/** A value that knew what came later. */
export type Leak = Readonly<{
  column: string;
  bar: number;
  /** What gave it away: the later bars were cut off, or replaced by noise. */
  by: 'cut' | 'noise';
  after: number;
  /** With the real later bars, and without. */
  value: number;
  without: number;
}>;

/**
 * Looks for look-ahead: for several t, the values up to t are computed again without the bars after t, and with seeded
 * noise in their place. They must be the same to the bit. Answers the first that is not.
 */
export function checkLookAhead(
  evaluate: EvaluateColumns,
  bars: Bars,
  { cuts = 6, seed = 1 }: Readonly<{ cuts?: number; seed?: number }> = {},
): Leak | undefined {
  const whole = evaluate(bars);
  const prng = createPrng(seed);
  const last = bars.timeMs.length - 1;
  if (last < 1) return undefined;
  for (let cut = 0; cut < cuts; cut += 1) {
    const after = prng.nextBelow(last);
    const leak =
      firstDifference(whole, evaluate(sliceBars(bars, 0, after + 1)), { by: 'cut', after }) ??
      firstDifference(whole, evaluate(withNoiseAfter(bars, after, prng.nextFloat)), { by: 'noise', after });
    if (leak !== undefined) return leak;
  }
  return undefined;
}

/** Signals, forecast, features and plugin series of a strategy, for `checkLookAhead`. */
export function strategyColumns(
  strategy: Strategy,
  parameters: ParameterValues,
  known: StrategyPlugins = noPlugins,
): EvaluateColumns {
  const plugins = bindSeriesPlugins(strategy.plugins, known);
  const pluginOutputs = [...plugins].flatMap(([alias, { definition }]) =>
    definition.outputs.map((output): [string, Expression] => [
      `plugins.${alias}.${output}`,
      { kind: 'pluginOutput', alias, output, at: 1 },
    ]),
  );
  const features = strategy.features.map(({ name, expression }) => [`features.${name}`, expression] as const);
  const program = createProgram({
    parameterNames: strategy.parameters.map(({ name }) => name),
    features: strategy.features,
    plugins,
    signals: strategy.signals,
    values: {
      ...Object.fromEntries(features),
      ...Object.fromEntries(pluginOutputs),
      ...(strategy.forecast === undefined ? {} : { forecast: strategy.forecast }),
    },
    numbers: {},
  });
  const ordered = orderedParameters(strategy, parameters);
  return (bars) => {
    const { signals, values } = evaluateProgram(program, ordered, createSeriesCache(bars));
    const named = Object.entries(signals).map(([name, column]) => [`signals.${name}`, column]);
    return { ...Object.fromEntries(named), ...values };
  };
}

function firstDifference(
  whole: ReturnType<EvaluateColumns>,
  part: ReturnType<EvaluateColumns>,
  { by, after }: Pick<Leak, 'by' | 'after'>,
): Leak | undefined {
  for (const [column, values] of Object.entries(whole)) {
    for (let bar = 0; bar <= after; bar += 1) {
      const [value, without] = [values[bar], part[column][bar]];
      if (!Object.is(value, without)) return { column, bar, by, after, value, without };
    }
  }
  return undefined;
}

/** The bars up to `after` as they are, then a random walk of the same grid of times. */
function withNoiseAfter(bars: Bars, after: number, random: () => number): Bars {
  const noisy = {
    ...bars,
    open: bars.open.slice(),
    high: bars.high.slice(),
    low: bars.low.slice(),
    close: bars.close.slice(),
    volume: bars.volume.slice(),
  };
  let price = bars.close[after];
  for (let bar = after + 1; bar < bars.timeMs.length; bar += 1) {
    const open = price * (0.95 + 0.1 * random());
    price = open * (0.95 + 0.1 * random());
    noisy.open[bar] = open;
    noisy.close[bar] = price;
    noisy.high[bar] = Math.max(open, price) * (1 + 0.02 * random());
    noisy.low[bar] = Math.min(open, price) * (1 - 0.02 * random());
    noisy.volume[bar] = bars.volume[after] * 2 * random() + random();
  }
  return noisy;
}

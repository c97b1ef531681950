import type { Bars } from '../market/bars.ts';
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

/** Signals, forecast, features and plugin series of a strategy, by path in its file. */
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

/** The bars up to `after` as they are, then a random walk of the same grid of times. */
export function withNoiseAfter(bars: Bars, after: number, random: () => number): Bars {
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

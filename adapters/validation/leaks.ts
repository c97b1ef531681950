import type { Bars } from '../../core/market/bars.ts';
import { type CompiledStrategy, compileStrategy } from '../../core/strategy/compile.ts';
import { type EvaluateColumns, strategyColumns } from '../../core/strategy/look-ahead.ts';
import { parameterValues, type Strategy } from '../../core/strategy/strategy.ts';
import type { LoadPlugins, StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { checkLeaks } from '../../core/validation/leaks/check-leaks.ts';
import type { LeakResult, MarketSpan } from '../../core/validation/leaks/leak-check.ts';
import { freshPlugins } from '../strategy-code/load-code.ts';

/** On what a strategy is checked: bars of its primary asset, and from when to when each of its markets has some. */
export type LeakBars = Readonly<{ bars: Bars; spans: readonly MarketSpan[] }>;

/** Every check for leaks, at the default parameters, on two loads of the strategy that nobody else uses. */
export async function checkStrategyLeaks(
  strategy: Strategy,
  load: LoadPlugins,
  { bars, spans }: LeakBars,
): Promise<readonly LeakResult[]> {
  const parameters = parameterValues(strategy);
  const first = await freshPlugins(strategy, load);
  const second = await freshPlugins(strategy, load);
  const columnsOf = ({ plugins }: Readonly<{ plugins: StrategyPlugins }>): EvaluateColumns =>
    strategy.code === undefined
      ? strategyColumns(strategy, parameters, plugins)
      : planColumns(compileStrategy(strategy, plugins), strategy);
  try {
    return checkLeaks({
      compiled: compileStrategy(strategy, first.plugins),
      parameters,
      columns: columnsOf(first),
      fresh: columnsOf(second),
      bars,
      spans,
    });
  } finally {
    first.close();
    second.close();
  }
}

/** Of a strategy in TypeScript: what it says, by the names that a file of YAML has for it. */
function planColumns(compiled: CompiledStrategy, strategy: Strategy): EvaluateColumns {
  const parameters = parameterValues(strategy);
  return (bars) => {
    const { exits: _exits, sizing: _sizing, forecast, ...signals } = compiled.evaluate(bars, parameters);
    const named = Object.entries(signals).map(([name, column]) => [`signals.${name}`, column] as const);
    return { ...Object.fromEntries(named), ...(forecast && { forecast }) };
  };
}

import type { MarketInput } from '../../core/backtest/types.ts';
import { DeskError } from '../../core/errors.ts';
import { type Bars, sliceBars } from '../../core/market/bars.ts';
import { type CompiledStrategy, compileStrategy } from '../../core/strategy/compile.ts';
import { type EvaluateColumns, strategyColumns } from '../../core/strategy/look-ahead.ts';
import { parameterValues, type Strategy } from '../../core/strategy/strategy.ts';
import type { LoadPlugins, StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { checkLeaks } from '../../core/validation/leaks/check-leaks.ts';
import type { LeakResult, MarketSpan } from '../../core/validation/leaks/leak-check.ts';
import { holdoutFromMs, marketBefore } from '../../core/validation/windows.ts';
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

/** Enough for the longest window of an honest strategy. */
export const leakBarCount = 3_000;

export const spansOf = (markets: readonly MarketInput[]): readonly MarketSpan[] =>
  markets.map(({ bars: { symbol, timeMs } }) => ({ symbol, fromMs: timeMs[0], toMs: timeMs[timeMs.length - 1] }));

/**
 * What a strategy in TypeScript leaks, each in a line; expressions cannot leak and are not asked. Looked for on the first
 * bars of its primary asset, none of them of the holdout.
 */
export async function leaksOfCode(
  strategy: Strategy,
  load: LoadPlugins,
  markets: readonly MarketInput[],
): Promise<readonly string[]> {
  if (strategy.code === undefined) return [];
  const [primary] = markets;
  const { bars } = marketBefore(primary, holdoutFromMs(primary.bars));
  const part = sliceBars(bars, 0, Math.min(leakBarCount, bars.timeMs.length));
  const results = await checkStrategyLeaks(strategy, load, { bars: part, spans: spansOf(markets) });
  return results.flatMap(({ name, finding }) =>
    finding === undefined ? [] : [`fails the check ${name}: ${finding.message}`],
  );
}

/** @throws DeskError BadInput for a strategy in TypeScript that leaks: its figures would mean nothing */
export async function refuseLeaks(
  strategy: Strategy,
  load: LoadPlugins,
  markets: readonly MarketInput[],
): Promise<void> {
  const [first, ...others] = await leaksOfCode(strategy, load, markets);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (${others.length} more, see nightdesk strategies check --lookahead)`;
  throw new DeskError('BadInput', first + more, { file: strategy.code?.file ?? '', path: 'code' });
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

import type { MarketInput } from '../../core/backtest/types.ts';
import { DeskError } from '../../core/errors.ts';
import type { Bars } from '../../core/market/bars.ts';
import { codeOutputs, codePluginId } from '../../core/strategy/code-plugin.ts';
import { type CompiledStrategy, compileStrategy, orderedParameters } from '../../core/strategy/compile.ts';
import { type EvaluateColumns, strategyColumns } from '../../core/strategy/look-ahead.ts';
import { type ParameterValues, parameterValues, type Strategy } from '../../core/strategy/strategy.ts';
import type { LoadPlugins, StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { designGrid } from '../../core/validation/grid-design.ts';
import { checkLeaks } from '../../core/validation/leaks/check-leaks.ts';
import { checkCosts, checkSurvivorship } from '../../core/validation/leaks/market-checks.ts';
import type { LeakResult, MarketSpan } from '../../core/validation/leaks/leak-check.ts';
import { namedPoint } from '../../core/validation/slice-run.ts';
import { holdoutFromMs, marketBefore } from '../../core/validation/windows.ts';
import { freshPlugins } from '../strategy-code/load-code.ts';

/** On what a strategy is checked: bars of its primary asset, and from when to when each of its markets has some. */
export type LeakBars = Readonly<{ bars: Bars; spans: readonly MarketSpan[] }>;

/** Points of the parameters' ranges at which later bars are changed, the defaults among them. */
const checkedPoints = 4;

/**
 * Every check for leaks at the default parameters, those for later bars at a few others too, on two loads of the strategy
 * that nobody else uses.
 */
export async function checkStrategyLeaks(
  strategy: Strategy,
  load: LoadPlugins,
  { bars, spans }: LeakBars,
): Promise<readonly LeakResult[]> {
  const parameters = parameterValues(strategy);
  const first = await freshPlugins(strategy, load);
  const second = await freshPlugins(strategy, load);
  const compiled = compileStrategy(strategy, first.plugins);
  const columnsOf = ({ plugins }: Loaded, values: ParameterValues = parameters): EvaluateColumns =>
    strategy.code === undefined
      ? strategyColumns(strategy, values, plugins)
      : planColumns(compileStrategy(strategy, plugins), values);
  const [, ...others] = designGrid(compiled, { maxPoints: checkedPoints, seed: 1 }).points;
  try {
    return checkLeaks({
      compiled,
      parameters,
      columns: columnsOf(first),
      fresh: columnsOf(second),
      variants: others.map((point) => columnsOf(first, namedPoint(strategy, point))),
      ...(strategy.code !== undefined && { stepwise: stepColumns(strategy, first) }),
      bars,
      spans,
    });
  } finally {
    first.close();
    second.close();
  }
}

type Loaded = Readonly<{ plugins: StrategyPlugins }>;

export const spansOf = (markets: readonly MarketInput[]): readonly MarketSpan[] =>
  markets.map(({ bars: { symbol, timeMs } }) => ({ symbol, fromMs: timeMs[0], toMs: timeMs[timeMs.length - 1] }));

const failing = 'fails the check';

/**
 * What a strategy in TypeScript leaks, each in a line; expressions cannot leak and are not asked. Looked for on all bars
 * of its primary asset before the holdout.
 */
export async function leaksOfCode(
  strategy: Strategy,
  load: LoadPlugins,
  markets: readonly MarketInput[],
): Promise<readonly string[]> {
  if (strategy.code === undefined) return [];
  const [primary] = markets;
  const { bars } = marketBefore(primary, holdoutFromMs(primary.bars));
  const results = await checkStrategyLeaks(strategy, load, { bars, spans: spansOf(markets) });
  return results.flatMap(({ name, finding }) =>
    finding === undefined ? [] : [`${failing} ${name}: ${finding.message}`],
  );
}

/**
 * What is looked at for every strategy, expressions too: costs that are none are refused, a universe that somebody chose
 * later is a warning.
 * @throws DeskError BadInput for costs under a basis point a side
 */
export function checkDeclared(strategy: Strategy, markets: readonly MarketInput[]): readonly string[] {
  const subject = { compiled: { strategy }, spans: spansOf(markets) };
  const costs = checkCosts(subject);
  if (costs !== undefined) {
    const { message, expected = '', found = '' } = costs;
    throw new DeskError('BadInput', `fails the check costs: ${message}`, { path: 'costs', expected, found });
  }
  const survivors = checkSurvivorship(subject);
  return survivors === undefined ? [] : [`survivorship: ${survivors.message}`];
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
  const path = first.startsWith(`${failing} signals:`) ? 'signals' : 'code';
  throw new DeskError('BadInput', first + more, { file: strategy.code?.file ?? '', path });
}

/** Of a strategy in TypeScript: what it says, by the names that a file of YAML has for it. */
function planColumns(compiled: CompiledStrategy, parameters: ParameterValues): EvaluateColumns {
  return (bars) => {
    const { exits: _exits, sizing: _sizing, forecast, ...signals } = compiled.evaluate(bars, parameters);
    const named = Object.entries(signals).map(([name, column]) => [`signals.${name}`, column] as const);
    return { ...Object.fromEntries(named), ...(forecast && { forecast }) };
  };
}

/** Bars that the code is given at once; it goes through them one by one and hands its state on. */
const barsAStep = 5_000;

/** What `next` of a strategy in TypeScript says, without asking its thread anew for every bar. */
function stepColumns(strategy: Strategy, { plugins }: Loaded): EvaluateColumns {
  const outputs = codeOutputs(strategy);
  const constants = Array.from(orderedParameters(strategy, {}));
  return ({ timeMs, open, high, low, close, volume }) => {
    const run = plugins.series.get(codePluginId)?.bind({}).create(undefined, constants);
    const columns = outputs.map(() => new Float64Array(timeMs.length));
    // One bar first: from then on there is a state, and the answer is that of `next`.
    for (let from = 0, to = 1; from < timeMs.length; from = to, to = Math.min(timeMs.length, from + barsAStep)) {
      run?.advance([timeMs, open, high, low, close, volume], columns, from, to);
    }
    return Object.fromEntries(
      outputs.map((name, place) => [name === 'forecast' ? name : `signals.${name}`, columns[place]]),
    );
  };
}

import type { CodeAnswer, CodeRequest } from './code-run.ts';
import type { StrategyBars, StrategyOutput } from './define-strategy.ts';
import type { SavedState, SeriesRun } from './functions/series-function.ts';
import { signalNames, type Strategy } from './strategy.ts';
import type { SeriesPlugin } from './strategy-plugins.ts';

/** The series plugin that is the code of one strategy in TypeScript, and the alias under which it stands there. */
export const codePluginId = 'typescript';
export const codeAlias = 'code';

/** Runs the code of a strategy, wherever that is; in the time and memory that it may take. */
export type RunCode = (request: CodeRequest) => CodeAnswer;

/** What a strategy in TypeScript says at each bar, in the order of its columns. */
export const codeOutputs = ({
  signals,
  forecast,
}: Pick<Strategy, 'signals' | 'forecast'>): readonly StrategyOutput[] => [
  ...signalNames.filter((name) => signals[name] !== undefined),
  ...(forecast === undefined ? [] : (['forecast'] as const)),
];

/** The code of a strategy as a series plugin: everything that works with strategy files works with it. */
export function createCodePlugin(
  { outputs, parameterNames }: Readonly<{ outputs: readonly StrategyOutput[]; parameterNames: readonly string[] }>,
  run: RunCode,
): SeriesPlugin {
  return {
    id: codePluginId,
    inputs: [],
    columns: ['timeMs', 'open', 'high', 'low', 'close', 'volume'],
    parameters: parameterNames,
    bind: (params) => ({
      params,
      outputs,
      create: (saved, constants = []) =>
        createRun(run, Object.fromEntries(parameterNames.map((name, index) => [name, constants[index]])), saved),
    }),
  };
}

/** Many bars at once from the first on are answered as a whole, without a state; it is made when somebody asks. */
function createRun(run: RunCode, parameters: CodeRequest['parameters'], saved: SavedState | undefined): SeriesRun {
  let state: SavedState | undefined = saved === null ? undefined : saved;
  let answered: StrategyBars | undefined;

  function advance(bars: StrategyBars, stepwise: boolean): CodeAnswer {
    return run({ parameters, bars, stepwise, ...(state !== undefined && { saved: state }) });
  }

  function settle(): void {
    if (answered === undefined) return;
    state = advance(answered, true).state;
    answered = undefined;
  }

  return {
    advance(inputs, outputs, from, to) {
      settle();
      const bars = cut(inputs, from, to);
      const stepwise = state !== undefined || to - from === 1;
      const answer = advance(bars, stepwise);
      if (stepwise) state = answer.state;
      else answered = bars;
      for (const [place, column] of answer.columns.entries()) outputs[place].set(column, from);
    },
    save() {
      settle();
      return state ?? null;
    },
  };
}

/** The bars as columns of their own: what they are cut from may be shared, or written again for the next bar. */
function cut(
  [timeMs, open, high, low, close, volume]: readonly Float64Array[],
  from: number,
  to: number,
): StrategyBars {
  return {
    timeMs: timeMs.slice(from, to),
    open: open.slice(from, to),
    high: high.slice(from, to),
    low: low.slice(from, to),
    close: close.slice(from, to),
    volume: volume.slice(from, to),
  };
}

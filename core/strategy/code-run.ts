import { DeskError } from '../errors.ts';
import { barFields } from '../market/bars.ts';
import { decodeState, encodeState } from './code-state.ts';
import type { StrategyBar, StrategyBars, StrategyOutput } from './define-strategy.ts';
import type { SavedState } from './functions/series-function.ts';

/** The functions of a strategy in TypeScript, of whose types nothing is known at run time. */
export type CodeFunctions = Readonly<{
  start: (parameters: Readonly<Record<string, number>>) => unknown;
  next: (state: unknown, bar: StrategyBar, parameters: Readonly<Record<string, number>>) => unknown;
  evaluate?: (bars: StrategyBars, parameters: Readonly<Record<string, number>>) => unknown;
}>;

export type Code = Readonly<{ functions: CodeFunctions; outputs: readonly StrategyOutput[] }>;

/** Bars to go over: from the beginning, or from where the last request left off. Nothing is remembered in between. */
export type CodeRequest = Readonly<{
  parameters: Readonly<Record<string, number>>;
  bars: StrategyBars;
  /** The state before these bars; without it they are the first ones. */
  saved?: SavedState;
  /** Bar by bar, with the state after them; else `evaluate` may answer, where there is one. */
  stepwise: boolean;
}>;

/** A column for each output: 1 and 0 for signals, NaN where a forecast is missing. */
export type CodeAnswer = Readonly<{ columns: readonly Float64Array[]; state?: SavedState }>;

/** @throws DeskError BadInput for what the code answers and must not; what the code itself throws comes through. */
export function runCode({ functions, outputs }: Code, request: CodeRequest): CodeAnswer {
  const { evaluate } = functions;
  if (evaluate !== undefined && !request.stepwise) return { columns: evaluated(evaluate, outputs, request) };
  const { bars, parameters, saved, stepwise } = request;
  const given = Object.freeze({ ...parameters });
  const state = saved === undefined ? begin(functions, given) : decodeState(saved);
  const length = bars.timeMs.length;
  const columns = outputs.map(() => new Float64Array(length));
  for (let bar = 0; bar < length; bar += 1) {
    const answer = asMap(functions.next(state, barAt(bars, bar), given), 'next');
    for (const [place, output] of outputs.entries()) columns[place][bar] = valueOf(output, answer[output]);
    checkNames(answer, outputs);
  }
  return { columns, ...(stepwise && { state: encodeState(state) }) };
}

function begin({ start }: CodeFunctions, parameters: CodeRequest['parameters']): unknown {
  const state = start(parameters);
  if (typeof state === 'object' && state !== null) return state;
  throw refused('start', 'gave no state', 'a map or list', String(state));
}

const barAt = ({ timeMs, open, high, low, close, volume }: StrategyBars, bar: number): StrategyBar => ({
  timeMs: timeMs[bar],
  open: open[bar],
  high: high[bar],
  low: low[bar],
  close: close[bar],
  volume: volume[bar],
});

type Evaluate = NonNullable<CodeFunctions['evaluate']>;

function evaluated(
  evaluate: Evaluate,
  outputs: Code['outputs'],
  { bars, parameters }: CodeRequest,
): readonly Float64Array[] {
  const copy = copyOf(bars);
  const answer = asMap(evaluate(copy, Object.freeze({ ...parameters })), 'evaluate');
  refuseWrites(bars, copy);
  checkNames(answer, outputs);
  const { length } = bars.timeMs;
  return outputs.map((output) => {
    const column = answer[output];
    if (!isColumn(column) || column.length !== length) {
      const found = isColumn(column) ? `${column.length} values` : typeof column;
      throw refused(`evaluate.${output}`, 'is no column of the bars', `${length} values`, found);
    }
    return Float64Array.from({ length }, (_, bar) => valueOf(output, column[bar], true));
  });
}

const copyOf = (bars: StrategyBars): StrategyBars => ({
  timeMs: bars.timeMs.slice(),
  open: bars.open.slice(),
  high: bars.high.slice(),
  low: bars.low.slice(),
  close: bars.close.slice(),
  volume: bars.volume.slice(),
});

/** Code that got the engine's own bars could move its fills: it gets copies, and may not try. */
function refuseWrites(bars: StrategyBars, copy: StrategyBars): void {
  for (const field of ['timeMs', ...barFields] as const) {
    const bar = bars[field].findIndex((value, index) => !Object.is(value, copy[field][index]));
    if (bar < 0) continue;
    const message = `evaluate writes into its bars: ${field} of bar ${bar}`;
    throw refused(`bars.${field}`, message, String(bars[field][bar]), String(copy[field][bar]));
  }
}

const isColumn = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);

function asMap(answer: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof answer === 'object' && answer !== null) return answer as Readonly<Record<string, unknown>>;
  throw refused(path, 'answered with no map', '{ enterLong: true } or { }', String(answer));
}

function checkNames(answer: Readonly<Record<string, unknown>>, outputs: Code['outputs']): void {
  for (const name in answer) {
    if ((outputs as readonly string[]).includes(name)) continue;
    throw refused('outputs', `${name} is answered but not listed`, `one of ${outputs.join(' ')}`, name);
  }
}

/** In columns, signals may be numbers: 0 is no. */
function valueOf(output: StrategyOutput, value: unknown, inColumn = false): number {
  if (output === 'forecast') {
    if (value === undefined) return Number.NaN;
    if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
    throw refused(output, 'is no number', 'a number', typeof value);
  }
  if (value === undefined || value === false) return 0;
  if (value === true) return 1;
  if (inColumn && typeof value === 'number') return value !== 0 && !Number.isNaN(value) ? 1 : 0;
  throw refused(output, 'is neither true nor false', 'true or false', typeof value);
}

const refused = (path: string, message: string, expected: string, found: string): DeskError =>
  new DeskError('BadInput', message, { path, expected, found });

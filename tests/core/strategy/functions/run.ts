import { seriesFunctions } from '../../../../core/strategy/functions/index.ts';
import type { SavedState, SeriesFunction } from '../../../../core/strategy/functions/series-function.ts';

export type Columns = Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', Float64Array>>;

/** A call with its series and constants, as an expression would make it. */
export type Call = Readonly<{ fn: SeriesFunction; constants: readonly number[]; inputs: readonly Float64Array[] }>;

export function functionNamed(name: string): SeriesFunction {
  const fn = seriesFunctions.get(name);
  if (fn === undefined) throw new Error(`no function ${name}`);
  return fn;
}

/** The call of `name` with these series arguments; the columns it reads come from `columns`. */
export function callOf(
  name: string,
  constants: readonly number[],
  { series = [], columns }: Readonly<{ series?: readonly Float64Array[]; columns?: Columns }>,
): Call {
  const fn = functionNamed(name);
  const read = fn.columns.map((column) => {
    if (columns === undefined) throw new Error(`${name} reads ${column}`);
    return columns[column];
  });
  return { fn, constants, inputs: [...series, ...read] };
}

/** All outputs over all bars at once. */
export function runBatch({ fn, constants, inputs }: Call): Float64Array[] {
  const bars = inputs[0]?.length ?? 0;
  const outputs = fn.outputs.map(() => new Float64Array(bars));
  fn.create(constants).advance(inputs, outputs, 0, bars);
  return outputs;
}

/** The same in pieces that end at `cuts`: after each the run is saved, goes through JSON text and is made anew. */
export function runInPieces({ fn, constants, inputs }: Call, cuts: readonly number[]): Float64Array[] {
  const bars = inputs[0]?.length ?? 0;
  const outputs = fn.outputs.map(() => new Float64Array(bars));
  let run = fn.create(constants);
  let from = 0;
  for (const to of [...cuts, bars]) {
    run.advance(inputs, outputs, from, to);
    const text = JSON.stringify(run.save());
    run = fn.create(constants, JSON.parse(text) as SavedState);
    from = to;
  }
  return outputs;
}

/** One bar at a time from arrays of length 1, as a live run that keeps no history. */
export function runBarByBar({ fn, constants, inputs }: Call): Float64Array[] {
  const bars = inputs[0]?.length ?? 0;
  const outputs = fn.outputs.map(() => new Float64Array(bars));
  const run = fn.create(constants);
  for (let bar = 0; bar < bars; bar += 1) {
    const now = fn.outputs.map(() => new Float64Array(1));
    run.advance(
      inputs.map((input) => input.slice(bar, bar + 1)),
      now,
      0,
      1,
    );
    for (const [index, output] of outputs.entries()) output[bar] = now[index]?.[0] ?? NaN;
  }
  return outputs;
}

/** The value of a single output. */
export const valuesOf = (call: Call): Float64Array => runBatch(call)[0] ?? new Float64Array(0);

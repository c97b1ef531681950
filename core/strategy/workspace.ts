import type { Fill, Formula, Memory, Signal } from './formula.ts';
import { bindConstants } from './bind.ts';
import type { Program, Step } from './program.ts';
import type { SeriesCache, SeriesSet } from './series-cache.ts';
import { type SignalName, signalNames } from './strategy.ts';

/** A program with memory for one run at a time over one set of bars; a sweep uses it point after point. */
export type Workspace = Readonly<{
  memory: Memory;
  /** Puts one run's parameters in, in the order of the strategy's list; refuses windows that are none. */
  setParameters: (parameters: Float64Array) => void;
  /** Sees to it that every series that these formulas read is there. */
  prepare: () => void;
  number: (path: string) => number;
}>;

/** `wanted`: only the series that these formulas need are computed. */
export function createWorkspace(
  program: Program,
  cache: SeriesCache,
  wanted: readonly Formula<Fill | Signal>[],
): Workspace {
  const memory: Memory = {
    series: Array.from({ length: program.leafCount }, () => new Float64Array(0)),
    constants: new Float64Array(program.constantCount),
  };
  const ids = new Int32Array(program.leafCount).fill(-1);
  const steps = stepsFor(program.steps, wanted).map((step) => createStepRun(step, memory, ids, cache));
  return {
    memory,
    setParameters: (parameters) => bindConstants(program, parameters, memory.constants),
    prepare() {
      for (const run of steps) run();
    },
    number: (path) => memory.constants[program.numbers[path] ?? -1] ?? NaN,
  };
}

/** All columns of a program for one run. */
export type Evaluated = Readonly<{
  /** 1 where it fires, else 0. */
  signals: Readonly<Partial<Record<SignalName, Uint8Array>>>;
  /** NaN is missing. */
  values: Readonly<Record<string, Float64Array>>;
  number: (path: string) => number;
}>;

/** Computes everything that the program was asked for. Parameters stand in the order of their names there. */
export function evaluateProgram(program: Program, parameters: Float64Array, cache: SeriesCache): Evaluated {
  const bars = cache.bars.timeMs.length;
  const wanted = [...Object.values(program.signals), ...Object.values(program.values)];
  const { memory, setParameters, prepare, number } = createWorkspace(program, cache, wanted);
  setParameters(parameters);
  prepare();
  const signals: Partial<Record<SignalName, Uint8Array>> = {};
  for (const name of signalNames) {
    const formula = program.signals[name];
    if (formula === undefined) continue;
    const column = new Uint8Array(bars);
    formula.bind(memory).write(column, 0, bars);
    signals[name] = column;
  }
  const values: Record<string, Float64Array> = {};
  for (const [path, formula] of Object.entries(program.values)) {
    const column = new Float64Array(bars);
    formula.bind(memory)(column, 0, bars);
    values[path] = column;
  }
  return { signals, values, number };
}

/** The steps that lead to what the formulas read, in order. */
function stepsFor(steps: readonly Step[], formulas: readonly Formula<unknown>[]): readonly Step[] {
  const wanted = new Set(formulas.flatMap(({ leaves }) => leaves));
  return steps
    .toReversed()
    .filter((step) => {
      const outputs = step.kind === 'call' ? step.outputs : [step.leaf];
      if (!outputs.some((leaf) => leaf !== undefined && wanted.has(leaf))) return false;
      const inputs = step.kind === 'call' ? step.inputs : step.kind === 'formula' ? step.formula.leaves : [];
      for (const leaf of inputs) wanted.add(leaf);
      return true;
    })
    .toReversed();
}

/** Does one step for the numbers now in memory; when they are those of the last time, nothing is looked up. */
function createStepRun(step: Step, memory: Memory, ids: Int32Array, cache: SeriesCache): () => void {
  const { series, constants } = memory;
  if (step.kind === 'column') {
    const { id, values } = cache.column(step.column);
    series[step.leaf] = values;
    ids[step.leaf] = id;
    return () => {};
  }
  const places = step.kind === 'call' ? step.constants : step.formula.constants;
  const inputs = step.kind === 'call' ? step.inputs : step.formula.leaves;
  const outputs = step.kind === 'call' ? step.outputs : [step.leaf];
  const name = step.kind === 'call' ? step.call.definition.name : step.formula.text;
  const compute = computation(step, memory, cache.bars.timeMs.length);
  const lastConstants = new Float64Array(places.length);
  const lastIds = new Int32Array(inputs.length);
  let last: SeriesSet | undefined;

  const isLast = (): boolean => {
    for (let index = 0; index < places.length; index += 1) {
      if (!Object.is(constants[places[index]], lastConstants[index])) return false;
    }
    for (let index = 0; index < inputs.length; index += 1) if (ids[inputs[index]] !== lastIds[index]) return false;
    return true;
  };

  return () => {
    if (last !== undefined && isLast() && cache.keep(last)) return;
    for (let index = 0; index < places.length; index += 1) lastConstants[index] = constants[places[index]];
    for (let index = 0; index < inputs.length; index += 1) lastIds[index] = ids[inputs[index]];
    last = cache.get(`${name}|${lastIds.join()}|${lastConstants.join()}`, outputs.length, compute);
    for (let index = 0; index < outputs.length; index += 1) {
      const leaf = outputs[index];
      if (leaf === undefined) continue;
      series[leaf] = last.series[index].values;
      ids[leaf] = last.series[index].id;
    }
  };
}

function computation(
  step: Exclude<Step, { kind: 'column' }>,
  memory: Memory,
  bars: number,
): (outputs: readonly Float64Array[]) => void {
  if (step.kind === 'formula') {
    const fill = step.formula.bind(memory);
    return (outputs) => fill(outputs[0], 0, bars);
  }
  const { call, inputs, constants } = step;
  return (outputs) => {
    const run = call.definition.create(constants.map((place) => memory.constants[place]));
    run.advance(
      inputs.map((leaf) => memory.series[leaf]),
      outputs,
      0,
      bars,
    );
  };
}

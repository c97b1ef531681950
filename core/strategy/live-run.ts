import { DeskError } from '../errors.ts';
import type { BarField } from '../market/bars.ts';
import { bindConstants } from './bind.ts';
import { type CompiledStrategy, orderedParameters } from './compile.ts';
import type { Memory } from './formula.ts';
import { remember, saveMemory } from './functions/saved-numbers.ts';
import type { SavedState } from './functions/series-function.ts';
import type { Program, Step } from './program.ts';
import { type ParameterValues, type SignalName, signalNames } from './strategy.ts';

/** One closed bar. */
export type LiveBar = Readonly<Record<BarField, number> & { timeMs: number }>;

/** What a strategy says at a bar; a signal that it does not have is not there. */
export type LiveSignals = Readonly<Partial<Record<SignalName, boolean>>> & Readonly<{ forecast?: number }>;

/**
 * A strategy that goes on bar by bar, with the bits of the batch run: the same compiled code runs, over two bars of
 * memory. What `save` gives is plain JSON; `startRun` goes on from it.
 */
export type LiveRun = Readonly<{ next: (bar: LiveBar) => LiveSignals; save: () => SavedState }>;

/** How many bars the memory holds: formulas look at this bar and the one before. */
const memoryBars = 2;

/** @throws DeskError BadInput when the parameters make a window impossible, or `saved` is of another run. */
export function startRun(compiled: CompiledStrategy, parameters: ParameterValues, saved?: SavedState): LiveRun {
  const { program, strategy } = compiled;
  const memory: Memory = {
    series: Array.from({ length: program.leafCount }, () => new Float64Array(memoryBars)),
    constants: new Float64Array(program.constantCount),
  };
  bindConstants(program, orderedParameters(strategy, parameters), memory.constants);
  const identity = identityOf(program, memory.constants);
  const state = restore(saved, identity, program);
  const steps = program.steps.map((step, index) => createStep(step, memory, state.steps[index]));
  const signals = signalNames.flatMap((name) => {
    const formula = program.signals[name];
    return formula === undefined ? [] : [{ name, signal: formula.bind(memory) }];
  });
  const forecast = program.values['forecast']?.bind(memory);
  const forecastNow = new Float64Array(memoryBars);
  for (const [leaf, value] of state.leaves.entries()) memory.series[leaf][0] = value;
  let started = state.started;

  return {
    next(bar) {
      const at = started ? 1 : 0;
      for (const step of steps) step.advance(bar, at);
      const said: Partial<Record<SignalName, boolean>> = {};
      for (const { name, signal } of signals) said[name] = signal.next(at, at + 1) === at;
      forecast?.(forecastNow, at, at + 1);
      for (const series of memory.series) series[0] = series[at];
      started = true;
      return forecast === undefined ? said : { ...said, forecast: forecastNow[at] };
    },
    save: () => ({
      identity,
      started,
      leaves: saveMemory({ leaves: Float64Array.from(memory.series, ([before]) => before) }),
      steps: steps.map(({ save }) => save()),
    }),
  };
}

/** Two runs go on from each other's state when they compute the same with the same numbers. */
function identityOf({ steps }: Program, constants: Float64Array): string {
  const names = steps.map((step) =>
    step.kind === 'column' ? step.column : step.kind === 'formula' ? step.formula.text : step.call.definition.name,
  );
  return [...names, ...constants].join('|');
}

type Restored = Readonly<{ started: boolean; leaves: Float64Array; steps: readonly (SavedState | undefined)[] }>;

function restore(saved: SavedState | undefined, identity: string, { leafCount, steps }: Program): Restored {
  if (saved === undefined) return { started: false, leaves: new Float64Array(leafCount), steps: [] };
  const state = saved as Readonly<Partial<Record<string, SavedState>>> | null;
  if (state === null || state['identity'] !== identity || !Array.isArray(state['steps'])) {
    throw new DeskError('BadInput', 'the saved state belongs to another strategy or other parameters');
  }
  if (state['steps'].length !== steps.length) throw new DeskError('BadInput', 'the saved state is not whole');
  const { leaves } = remember({ leaves: leafCount }, state['leaves']);
  return { started: state['started'] === true, leaves, steps: state['steps'] as readonly SavedState[] };
}

type LiveStep = Readonly<{ advance: (bar: LiveBar, at: number) => void; save: () => SavedState }>;

const nothing = (): SavedState => null;

function createStep(step: Step, memory: Memory, saved: SavedState | undefined): LiveStep {
  const { series, constants } = memory;
  if (step.kind === 'column') {
    const { column, leaf } = step;
    return {
      advance(bar, at) {
        series[leaf][at] = bar[column];
      },
      save: nothing,
    };
  }
  if (step.kind === 'formula') {
    const fill = step.formula.bind(memory);
    const out = series[step.leaf];
    return { advance: (_, at) => fill(out, at, at + 1), save: nothing };
  }
  const run = step.call.definition.create(
    step.constants.map((place) => constants[place]),
    saved,
  );
  const inputs = step.inputs.map((leaf) => series[leaf]);
  const outputs = step.outputs.map((leaf) => (leaf === undefined ? new Float64Array(memoryBars) : series[leaf]));
  return { advance: (_, at) => run.advance(inputs, outputs, at, at + 1), save: () => run.save() };
}

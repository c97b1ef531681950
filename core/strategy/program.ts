import { DeskError } from '../errors.ts';
import {
  compileConstants,
  compileEntry,
  compileSignal,
  compileValues,
  type Fill,
  type Formula,
  type Signal,
} from './formula.ts';
import { createGraphBuilder, type Node, type SeriesCall, type SourceColumn } from './graph.ts';
import type { Expression } from './expression.ts';
import { createLayout, type Layout } from './layout.ts';
import type { SignalName } from './strategy.ts';
import { createResolver, type Names } from './resolve.ts';

/** What is to be computed. Paths (`signals.enterLong`) name the results and stand in error messages. */
export type ProgramRequest = Names &
  Readonly<{
    /** Wanted as true or not true at every bar. */
    signals: Readonly<Partial<Record<SignalName, Expression>>>;
    /** Wanted as numbers at every bar. */
    values: Readonly<Record<string, Expression>>;
    /** Wanted once a run: made of numbers and parameters. */
    numbers: Readonly<Record<string, Expression>>;
  }>;

/** How one leaf, or all leaves of one call, come about. Steps stand in an order in which they can be done. */
export type Step =
  | Readonly<{ kind: 'column'; column: SourceColumn; leaf: number }>
  | Readonly<{ kind: 'formula'; formula: Formula<Fill>; leaf: number }>
  | Readonly<{
      kind: 'call';
      call: SeriesCall;
      inputs: readonly number[];
      constants: readonly number[];
      /** Leaf of each output; undefined where nothing reads it. */
      outputs: readonly (number | undefined)[];
    }>;

/** A compiled request: steps that fill the leaves, formulas over them. It holds no numbers of any run. */
export type Program = Readonly<{
  leafCount: number;
  steps: readonly Step[];
  constantCount: number;
  computeConstants: (parameters: Float64Array, constants: Float64Array) => void;
  signals: Readonly<Partial<Record<SignalName, Formula<Signal>>>>;
  /** Whether a flat book enters; never where there is no enter signal. */
  entry: Formula<Signal>;
  values: Readonly<Record<string, Formula<Fill>>>;
  /** Place among the constants. */
  numbers: Readonly<Record<string, number>>;
}>;

export function createProgram(request: ProgramRequest): Program {
  const graph = createGraphBuilder();
  const { resolve } = createResolver(graph, request);
  const signals = mapRecord(request.signals, (expression, name) => resolve(expression, `signals.${name}`));
  const values = mapRecord(request.values, resolve);
  const numbers = mapRecord(request.numbers, resolve);
  for (const [path, node] of Object.entries(numbers)) {
    if (!node.constant) throw new DeskError('BadInput', 'must be made of numbers and parameters alone', { path });
  }
  const layout = createLayout([...Object.values(signals), ...Object.values(values)], Object.values(numbers));
  return {
    leafCount: layout.leaves.length,
    steps: createSteps(layout),
    constantCount: layout.constants.length,
    computeConstants: compileConstants(layout),
    signals: mapRecord(signals, (node) => compileSignal(node, layout)),
    entry: compileEntry(signals, layout),
    values: mapRecord(values, (node) => compileValues(node, layout, 'result')),
    numbers: mapRecord(numbers, (node) => placeIn(layout.constantOf, node)),
  };
}

function createSteps(layout: Layout): readonly Step[] {
  const steps: Step[] = [];
  const called = new Set<number>();
  for (const [leaf, node] of layout.leaves.entries()) {
    if (node.kind === 'column') {
      steps.push({ kind: 'column', column: node.column, leaf });
    } else if (node.kind !== 'output') {
      steps.push({ kind: 'formula', formula: compileValues(node, layout, 'leaf'), leaf });
    } else if (!called.has(node.call.id)) {
      called.add(node.call.id);
      steps.push(callStep(node.call, layout));
    }
  }
  return steps;
}

function callStep(call: SeriesCall, layout: Layout): Step {
  const outputs: (number | undefined)[] = call.definition.outputs.map(() => undefined);
  for (const [leaf, node] of layout.leaves.entries()) {
    if (node.kind === 'output' && node.call === call) outputs[node.output] = leaf;
  }
  return {
    kind: 'call',
    call,
    inputs: call.series.map((node) => placeIn(layout.leafOf, node)),
    constants: call.constants.map((node) => placeIn(layout.constantOf, node)),
    outputs,
  };
}

function placeIn(places: ReadonlyMap<number, number>, { id }: Node): number {
  const found = places.get(id);
  if (found === undefined) throw new Error(`node ${id} was not laid out`);
  return found;
}

function mapRecord<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

import { createEmitter, type Emitter, type Position } from './emit.ts';
import { exclude } from './exclusion.ts';
import type { Node } from './graph.ts';
import type { Layout } from './layout.ts';
import type { SignalName } from './strategy.ts';

/** The numbers that compiled code reads: one series a leaf, one number a constant. They may be put in place later. */
export type Memory = Readonly<{ series: Float64Array[]; constants: Float64Array }>;

/** Values of a formula over bars: out[from..to) is written, from what is at the same places of its leaves. */
export type Fill = (out: Float64Array, from: number, to: number) => void;

/** A condition over bars. */
export type Signal = Readonly<{
  /** out[t] = 1 where it is true, else 0. */
  write: (out: Uint8Array, from: number, to: number) => void;
  /** The first bar in from..to) where it is true, else `to`. */
  next: (from: number, to: number) => number;
}>;

/** Compiled code that waits for its memory. */
export type Formula<Bound> = Readonly<{
  /** Leaves that it reads. */
  leaves: readonly number[];
  /** Constants that it reads. */
  constants: readonly number[];
  /** Equal for formulas that do the same with what they read, whatever strategy they are from. */
  text: string;
  bind: (memory: Memory) => Bound;
}>;

/** Compiles a node to a loop that writes its values. A leaf can be written (`leaf`) or, for anything else, read. */
export function compileValues(node: Node, layout: Layout, writes: 'leaf' | 'result'): Formula<Fill> {
  const writer = createWriter(layout, writes === 'leaf' ? node : undefined);
  const first = writer.emitter.value(node, 'first');
  const now = writer.emitter.value(node, 'now');
  return writer.finish(
    `${first};${now}`,
    (locals) => `return (out, from, to) => {
  ${locals}
  let t = from;
  if (t === 0 && t < to) { out[0] = ${first}; t = 1; }
  for (; t < to; t++) out[t] = ${now};
};`,
  );
}

/** Compiles a node to loops that tell where it is true. */
export function compileSignal(node: Node, layout: Layout): Formula<Signal> {
  const writer = createWriter(layout);
  const first = writer.emitter.isTrue(node, 'first');
  return signalLoops(writer, first, writer.emitter.isTrue(node, 'now'));
}

/**
 * Compiles the question whether a flat book enters: by one way in, when the other one is silent and its own way out
 * is, too.
 */
export function compileEntry(signals: Readonly<Partial<Record<SignalName, Node>>>, layout: Layout): Formula<Signal> {
  const writer = createWriter(layout);
  const at = (position: Position): string => {
    const way = (enter: SignalName, ...silent: SignalName[]): string => {
      const entering = signals[enter];
      if (entering === undefined) return '';
      const others = silent.flatMap((name) => {
        const other = signals[name];
        return other === undefined || exclude(entering, other) ? [] : [`!${writer.emitter.isTrue(other, position)}`];
      });
      return `(${[writer.emitter.isTrue(entering, position), ...others].join(' && ')})`;
    };
    const ways = [way('enterLong', 'enterShort', 'exitLong'), way('enterShort', 'enterLong', 'exitShort')];
    return ways.filter(Boolean).join(' || ') || 'false';
  };
  return signalLoops(writer, at('first'), at('now'));
}

function signalLoops(writer: Writer, first: string, now: string): Formula<Signal> {
  return writer.finish(
    `${first};${now}`,
    (locals) => `return {
  write(out, from, to) {
    ${locals}
    let t = from;
    if (t === 0 && t < to) { out[0] = ${first} ? 1 : 0; t = 1; }
    for (; t < to; t++) out[t] = ${now} ? 1 : 0;
  },
  next(from, to) {
    ${locals}
    let t = from;
    if (t === 0 && t < to) { if (${first}) return 0; t = 1; }
    for (; t < to; t++) if (${now}) return t;
    return to;
  },
};`,
  );
}

/** Compiles all constants of a layout: parameters in, constants out. */
export function compileConstants(layout: Layout): (parameters: Float64Array, constants: Float64Array) => void {
  const lines = layout.constants.map((node, index) => {
    const temporaries: string[] = [];
    const { value } = createEmitter({
      read(part) {
        if (part.kind === 'parameter') return `P[${part.index}]`;
        const known = part === node ? undefined : layout.constantOf.get(part.id);
        return known === undefined ? undefined : `C[${known}]`;
      },
      temporary: () => newTemporary(temporaries),
    });
    const text = value(node, 'now');
    // + 0 makes -0 a plain 0: series are shared under the text of their constants.
    return `{ ${declare(temporaries)} C[${index}] = ${text} + 0; }`;
  });
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is written by emit.ts from a checked tree
  return new Function('P', 'C', `'use strict';\n${lines.join('\n')}`) as (p: Float64Array, c: Float64Array) => void;
}

type Writer = Readonly<{
  emitter: Emitter;
  /** `source` gives the code that returns what is bound, with the declarations of everything that was read. */
  finish: <Bound>(text: string, source: (locals: string) => string) => Formula<Bound>;
}>;

/** Reads leaves and constants of a layout by local names, numbered in the order of their first use. */
function createWriter(layout: Layout, written?: Node): Writer {
  const leaves: number[] = [];
  const constants: number[] = [];
  const temporaries: string[] = [];
  const emitter = createEmitter({
    read(node, at) {
      if (node.kind === 'number') return undefined;
      if (node.constant) return `c${place(constants, layout.constantOf.get(node.id))}`;
      const leaf = node === written ? undefined : layout.leafOf.get(node.id);
      return leaf === undefined ? undefined : `s${place(leaves, leaf)}[${indexTexts[at]}]`;
    },
    temporary: () => newTemporary(temporaries),
  });
  function finish<Bound>(text: string, source: (locals: string) => string): Formula<Bound> {
    const locals = [
      ...leaves.map((leaf, index) => `const s${index} = S[${leaf}];`),
      ...constants.map((constant, index) => `const c${index} = C[${constant}];`),
      declare(temporaries),
    ].join(' ');
    // oxlint-disable-next-line typescript/no-implied-eval -- the text is written by emit.ts from a checked tree
    const bind = new Function('S', 'C', `'use strict';\n${source(locals)}`) as (s: unknown, c: unknown) => Bound;
    return { leaves, constants, text, bind: ({ series, constants: numbers }) => bind(series, numbers) };
  }
  return { emitter, finish };
}

const indexTexts: Readonly<Record<Position, string>> = { now: 't', before: 't - 1', first: 't' };

const declare = (temporaries: readonly string[]): string =>
  temporaries.length === 0 ? '' : `let ${temporaries.join(', ')};`;

function newTemporary(names: string[]): string {
  const name = `v${names.length}`;
  names.push(name);
  return name;
}

/** The place of a value in a list that grows by what is new. */
function place(list: number[], value: number | undefined): number {
  if (value === undefined) throw new Error('a formula reads what was not laid out');
  const known = list.indexOf(value);
  return known >= 0 ? known : list.push(value) - 1;
}

import { describe, expect, test } from 'vitest';
import { pluginIds, plugins, runPlugin, type PluginId } from '../../plugins/run-plugin.ts';
import { carried } from './carried.ts';
import { expectSubset } from './catalogue-cases.ts';
import { acts, type Mode, modes } from './causality-modes.ts';

type Json = Record<string, unknown>;

const shares = [0.6, 0.75, 0.9];

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Json)[key], value);

function withValue(value: unknown, path: string, changed: unknown): Json {
  const copy = structuredClone(value) as Json;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  (keys.reduce<unknown>((inner, key) => (inner as Json)[key], copy) as Json)[last] = changed;
  return copy;
}

const inputOf = ({ id, input }: Mode): Json => input ?? plugins[id].example.input;
const paramsOf = ({ id, params, input, later }: Mode, given: Json): Json => ({
  ...(input === undefined && plugins[id].example.params),
  ...(given['state'] === undefined ? params : (later ?? params)),
});
const timeOf = (bar: unknown) => (typeof bar === 'number' ? bar : (bar as { time: number }).time);

/** The input's steps from `from` to before `to`, as shares of its length. */
function between(mode: Mode, from: number, to: number): Json {
  const { grows, follows } = mode;
  const whole = inputOf(mode);
  const cut = grows.reduce((sofar, path) => {
    const list = valueAt(whole, path) as unknown[];
    return withValue(sofar, path, list.slice(Math.floor(list.length * from), Math.floor(list.length * to)));
  }, whole);
  if (follows === undefined) return cut;
  const bars = valueAt(whole, follows.bars) as unknown[];
  const ends = (share: number) => timeOf(bars[Math.floor(bars.length * share) - 1] ?? 0);
  const items = (whole[follows.list] as { time: number }[]).filter(({ time }) => time > ends(from) && time <= ends(to));
  return { ...cut, [follows.list]: items };
}

const run = (mode: Mode, input: Json): Json =>
  runPlugin(mode.id, input as never, { params: paramsOf(mode, input) as never });

/** Whether what a prefix of the input gives is what the whole gives at its beginning, to the last bit. */
function isCausal(mode: Mode): boolean {
  const whole = run(mode, inputOf(mode));
  const parts = shares.map((share) => run(mode, between(mode, 0, share)));
  for (const path of mode.series)
    expect(valueAt(parts[0], path), path).not.toHaveLength((valueAt(whole, path) as []).length);
  return parts.every((part) => {
    return mode.series.every((path) => {
      const [begun, all] = [valueAt(part, path), valueAt(whole, path)] as unknown[][];
      expect(begun.length, `${path} of a prefix`).toBeGreaterThan(0);
      expect(begun.length, `${path} of a prefix`).toBeLessThanOrEqual(all.length);
      return JSON.stringify(begun) === JSON.stringify(all.slice(0, begun.length));
    });
  });
}

const nameOf = ({ id, mode }: Mode) => `${id}, ${mode}`;
const named = (wanted: (mode: Mode) => boolean) => modes.filter(wanted).map((mode) => ({ name: nameOf(mode), mode }));

/** The lengths of lists that may be over time: those of a few weights or levels are shorter. */
function longLists(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(longLists);
  return Array.isArray(value) && value.length >= 8 ? [value.length, ...inner] : inner;
}

// A plugin that is not in the table gives one answer about all that it was given. Those of diag are reports: their lists
// are over trials, folds and points of a grid.
const inTable = new Set<PluginId>([...modes.map(({ id }) => id), ...acts]);
const oneAnswer = pluginIds.filter((id) => !inTable.has(id) && plugins[id].category !== 'diag');

test.each(oneAnswer)('%s gives no series as long as what it was given, or has a line in causality-modes.ts', (id) => {
  const { input, params } = plugins[id].example;
  const given = longLists(input);
  const answered = longLists(runPlugin(id, input as never, { params: params as never }));
  expect(answered.filter((length) => given.includes(length))).toEqual([]);
});

describe('causal: nothing later changes what a series held', () => {
  test.each(named(({ causal }) => causal === true))('$name', ({ mode }) => {
    expect(isCausal(mode)).toBe(true);
  });
});

describe('not causal', () => {
  test.each(named(({ causal }) => typeof causal === 'string'))('$name: $mode.causal', ({ mode }) => {
    expect(isCausal(mode)).toBe(false);
  });

  test('every mode that gives a series says which', () => {
    expect(modes.filter(({ series, causal }) => series.length > 0 !== (causal !== undefined)).map(nameOf)).toEqual([]);
  });
});

/** What calls give one after the other, each with the state of the one before, and what one call gives. */
function byPieces(mode: Mode): { pieces: Json[]; whole: Json } {
  const edges = [0, ...(mode.pieces ?? [0.6, 0.8]), 1];
  const inputs = edges.slice(1).map((edge, i) => between(mode, edges[i], edge));
  const pieces = carried((input: Json) => run(mode, input) as Json & { state: unknown }, inputs);
  return { pieces, whole: run(mode, inputOf(mode)) };
}

describe('incremental: a stream gives what one call gives', () => {
  test.each(named(({ incremental }) => incremental === true))('$name', ({ mode }) => {
    const { pieces, whole } = byPieces(mode);
    expectSubset(pieces.at(-1)?.['state'], whole['state']);
    for (const path of mode.causal === true ? mode.series : []) {
      const joined = pieces.flatMap((piece) => valueAt(piece, path) as unknown[]);
      expectSubset(joined, valueAt(whole, path));
      expect(joined).toHaveLength((valueAt(whole, path) as unknown[]).length);
    }
  });
});

describe('not incremental', () => {
  test.each(named(({ incremental }) => typeof incremental === 'string'))('$name: $mode.incremental', ({ mode }) => {
    const { pieces, whole } = byPieces(mode);
    const compared = mode.compare ?? 'state';
    const last = valueAt(pieces.at(-1), compared);
    expect(() => expectSubset(last, valueAt(whole, compared), 1e-6)).toThrow('to be less than');
  });

  test('only the stateful have a stream, and each of them says whether it is incremental', () => {
    const stateful = pluginIds.filter((id) => plugins[id].kind === 'stateful');
    const said = new Set(modes.filter(({ incremental }) => incremental !== undefined).map(({ id }) => id));
    expect([...said].toSorted()).toEqual(stateful.toSorted());
  });
});

/** Lengths of all lists in a value. */
function lengths(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(lengths);
  return Array.isArray(value) ? [value.length, ...inner] : inner;
}

// A list as long as a series of the input would be one over time, and belong into the table above.
test.each(oneAnswer)('%s gives one answer, no series over time', (id) => {
  const { input, params } = plugins[id].example;
  const output = runPlugin(id, input as never, { params: params as never }) as unknown as Json;
  const { plot, vegaLite, ...answer } = output;
  const series = lengths(input).filter((length) => length >= 10);
  expect(lengths(answer).filter((length) => series.includes(length))).toEqual([]);
  expect([plot, vegaLite].every((picture) => picture === undefined || typeof picture === 'object')).toBe(true);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceHalves } from '../../adapters/sources/source-halves.ts';
import { projectFolder } from '../../config/paths.ts';
import { pluginCategories } from '../../plugins/define-plugin.ts';
import { findPlugin, pluginIds, plugins, runPlugin } from '../../plugins/run-plugin.ts';
import { deepFreeze } from './catalogue-cases.ts';
import { fuzzCase, type FuzzInput } from './fuzz/cases.ts';
import { refusedAt } from './refused-at.ts';

const fileOf = (id: string) => {
  const [category, ...words] = id.split('_');
  return `plugins/${category}/${words.join('-')}.ts`;
};

/** The line of plugins/index.ts for a definition in that source, or undefined where it defines none. */
function registryLine(file: string): string | undefined {
  const source = readFileSync(join(projectFolder, file), 'utf8');
  const defined = /export const (\w+) = define(?:Effect)?Plugin[\s\S]*?\bid: '(\w+)'/.exec(source);
  return defined === null
    ? undefined
    : `export { ${defined[1]} as ${defined[2]} } from './${file.slice('plugins/'.length)}';`;
}

describe('the registry', () => {
  test('has a line for every plugin file', () => {
    const files = pluginCategories.flatMap((category) => {
      const folder = join(projectFolder, 'plugins', category);
      return existsSync(folder) ? readdirSync(folder).map((name) => `plugins/${category}/${name}`) : [];
    });
    const lines = new Set(readFileSync(join(projectFolder, 'plugins/index.ts'), 'utf8').split('\n'));
    const missing = files.map(registryLine).filter((line) => line !== undefined && !lines.has(line));
    expect(missing, `missing in plugins/index.ts:\n${missing.join('\n')}`).toEqual([]);
  });

  test.each(pluginIds)('%s is named by its file, and its folder is its category', (id) => {
    expect(plugins[id].id).toBe(id);
    expect(id.startsWith(`${plugins[id].category}_`)).toBe(true);
    expect(existsSync(join(projectFolder, fileOf(id))), `${id} belongs in ${fileOf(id)}, which is missing`).toBe(true);
  });

  test.each(pluginIds)('%s has a test of its own', (id) => {
    const file = `tests/${fileOf(id).replace(/\.ts$/, '.test.ts')}`;
    const path = join(projectFolder, file);
    expect(existsSync(path), `${id} has no test: ${file} is missing`).toBe(true);
    expect(readFileSync(path, 'utf8').includes(id), `${file} never names ${id}`).toBe(true);
  });

  test.each(pluginIds)('%s says what it answers and from which source', (id) => {
    const { summary, reference } = plugins[id];
    expect(summary, `summary of ${id}: a sentence`).toMatch(/^\S.{20,}[.?]$/);
    expect(reference, `reference of ${id}: the primary source with its year`).toMatch(/\b(1[89]|20)\d\d\b/);
  });

  test('every source plugin has a half that fetches, and no other one has', () => {
    const sources = pluginIds.filter((id) => plugins[id].kind === 'source');
    const missing = sources.filter((id) => !Object.hasOwn(sourceHalves, id));
    expect(missing, `without a line in adapters/sources/source-halves.ts: ${missing.join(', ')}`).toEqual([]);
    expect(Object.keys(sourceHalves).toSorted()).toEqual(sources);
  });
});

/** Plugins that compute; those that act are run through their ports in their own tests. */
const computing = pluginIds.filter((id) => plugins[id].kind !== 'effect');

const refusal = 'refused: ';

/** The same input with its broken numbers a little smaller; whole ones (times, counts) stay. */
function nearby(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : value * 0.999;
  if (Array.isArray(value)) return value.map(nearby);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nearby(inner)]));
}

/** What comes out for each case, as text, first in order, then backwards: every case meets another predecessor. */
function thereAndBack<Case>(run: (given: Case) => unknown, cases: readonly Case[]) {
  const outcome = (given: Case) => {
    try {
      return JSON.stringify(run(given));
    } catch (thrown) {
      return `${refusal}${String(thrown)}`;
    }
  };
  const forth = cases.map(outcome);
  const back = cases.toReversed().map(outcome).toReversed();
  return { forth, back };
}

describe('every plugin', () => {
  test.each(computing)('%s runs its example: strict, deterministic, the same from JSON', (id) => {
    const { input, params } = deepFreeze(plugins[id].example) as { input: never; params: never };
    const output = runPlugin(id, input, { params, strict: true });
    expect(JSON.parse(JSON.stringify(output))).toEqual(output);
    expect(runPlugin(id, input, { params })).toEqual(output);
  });

  test.each(computing)('%s keeps nothing between calls', (id) => {
    const { input, params } = plugins[id].example as FuzzInput;
    const drawn = Array.from({ length: 40 }, (_, i) => fuzzCase(id, 'plain', i));
    // Beside each case one of the same shape, for what is remembered by a length or a name.
    const cases = [{ input, params }, ...drawn].flatMap((each) => [each, { ...each, input: nearby(each.input) }]);
    const run = (given: FuzzInput) =>
      runPlugin(id, given.input as never, { params: given.params as never, strict: true });
    const { forth, back } = thereAndBack(run, cases);
    expect(back).toEqual(forth);
    const computed = forth.filter((text) => !text.startsWith(refusal));
    expect(new Set(computed).size, 'cases that compute, and not all the same').toBeGreaterThan(1);
  });

  test.each(pluginIds)('%s refuses unknown fields and what is no object', (id) => {
    const { input, params } = plugins[id].example as { input: object; params: object };
    const run = (from: unknown, terms: unknown) => () => runPlugin(id, from as never, { params: terms as never });
    expect(run({ ...input, surplusField: 1 }, params)).toThrow(refusedAt(id, 'input.surplusField'));
    expect(run(input, { ...params, surplusField: 1 })).toThrow(refusedAt(id, 'params.surplusField'));
    expect(run(null, params)).toThrow(expect.objectContaining({ code: 'BadInput' }));
    expect(run([], params)).toThrow(expect.objectContaining({ code: 'BadInput' }));
  });

  test.each(pluginIds.filter((id) => plugins[id].kind === 'stateful'))('%s goes on from its own state', (id) => {
    const { input, params } = plugins[id].example as { input: object; params: never };
    const first = runPlugin(id, input as never, { params, strict: true });
    expect(first).toHaveProperty('state');
    const state: unknown = JSON.parse(JSON.stringify((first as { state: unknown }).state));
    expect(plugins[id].input.safeParse({ ...input, state }).error?.issues ?? []).toEqual([]);
  });
});

test('a function that remembers its last call is caught', () => {
  let last: number | undefined;
  const smoothed = (x: number) => (last = last === undefined ? x : (last + x) / 2);
  const { forth, back } = thereAndBack(smoothed, [1, 5]);
  expect(forth).toEqual(['1', '3']);
  expect(back).toEqual(['2.5', '4']);
});

test('an unknown id is refused with the nearest one', () => {
  const refused = { code: 'NotFound', place: expect.objectContaining({ nearest: 'risk_vol_target' }) };
  expect(() => findPlugin('risk_vol_targt')).toThrow(expect.objectContaining(refused));
});

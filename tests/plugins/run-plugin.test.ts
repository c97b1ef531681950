import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';
import { pluginCategories } from '../../plugins/define-plugin.ts';
import { findPlugin, pluginIds, plugins, runPlugin } from '../../plugins/run-plugin.ts';
import { deepFreeze } from './catalogue-cases.ts';
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
    expect(existsSync(join(projectFolder, fileOf(id))), fileOf(id)).toBe(true);
  });
});

/** Plugins that compute; those that act are run through their ports in their own tests. */
const computing = pluginIds.filter((id) => plugins[id].kind !== 'effect');

describe('every plugin', () => {
  test.each(computing)('%s runs its example: strict, deterministic, the same from JSON', (id) => {
    const { input, params } = deepFreeze(plugins[id].example) as { input: never; params: never };
    const output = runPlugin(id, input, { params, strict: true });
    expect(JSON.parse(JSON.stringify(output))).toEqual(output);
    expect(runPlugin(id, input, { params })).toEqual(output);
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

test('an unknown id is refused with the nearest one', () => {
  const refused = { code: 'NotFound', place: expect.objectContaining({ nearest: 'risk_vol_target' }) };
  expect(() => findPlugin('risk_vol_targt')).toThrow(expect.objectContaining(refused));
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pluginPages } from '../../../apps/plugins/docs.ts';
import { projectFolder } from '../../../config/paths.ts';
import { pluginIds, plugins } from '../../../plugins/run-plugin.ts';

const folder = join(projectFolder, 'docs', 'plugins');
const pages = pluginPages();

describe('docs/plugins', () => {
  test('the committed pages are what `npm run docs` writes', () => {
    expect(readdirSync(folder).toSorted()).toEqual(pages.map(({ name }) => name).toSorted());
    const stale = pages.filter(({ name, text }) => readFileSync(join(folder, name), 'utf8') !== text);
    expect(stale.map(({ name }) => name)).toEqual([]);
  });

  test('an index that names every plugin, and a page each with every field', () => {
    const [index, ...rest] = pages;
    for (const id of pluginIds) expect(index?.text).toContain(`[${id}](${id}.md)`);
    expect(rest.map(({ name }) => name)).toEqual(pluginIds.map((id) => `${id}.md`));
    for (const { name, text } of rest) {
      const { params, example } = plugins[name.slice(0, -3) as (typeof pluginIds)[number]];
      for (const field of Object.keys('shape' in params.def ? params.def.shape : {}))
        expect(text).toMatch(new RegExp(`\\| \`${field}\\??\` \\|`));
      const [, json = ''] = /```json\n([^`]+)\n```/.exec(text) ?? [];
      expect(JSON.parse(json)).toEqual(example);
    }
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';

const read = (file: string) => readFileSync(join(projectFolder, file), 'utf8');

test('docs/dependencies.md has one full row for every dependency, in order', () => {
  const manifest = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)];
  const names = (group: Record<string, string>) => Object.keys(group).toSorted();
  expect(rows.map(([, name]) => name)).toEqual([...names(manifest.dependencies), ...names(manifest.devDependencies)]);
  expect(rows.filter(([, , cells]) => cells?.split(' | ').length !== 3)).toEqual([]);
});

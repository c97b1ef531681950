import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';
import { clockBreaches, clocklessFolders } from './clock-rules.ts';

describe('who may read the clock', () => {
  test.each(clocklessFolders)('nothing in %s makes a date of now', (folder) => {
    const files = globSync(`${folder}/**/*.ts`, { cwd: projectFolder });
    expect(files.length).toBeGreaterThan(10);
    const breaches = files.flatMap((file) => clockBreaches(file, readFileSync(join(projectFolder, file), 'utf8')));
    expect(breaches).toEqual([]);
  });

  test.each([
    ['new Date()', 'const at = new Date();'],
    ['new Date()', 'const at = (() => new Date)().getTime();'],
    ['Date()', 'const at = Date();'],
  ])('%s is named with file and line', (what, code) => {
    expect(clockBreaches('core/planted.ts', `// new Date()\n${code}\n`)).toEqual([
      `core/planted.ts:2 reads the clock by ${what}`,
    ]);
  });

  test('a given time may be written', () => {
    expect(clockBreaches('core/planted.ts', 'const day = new Date(ms).toISOString() + Date.UTC(2026, 0);')).toEqual([]);
  });
});

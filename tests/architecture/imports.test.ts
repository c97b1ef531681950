import { existsSync, globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';
import { importBreaches, importRules, ruledFolders } from './import-rules.ts';

const sources = ruledFolders
  .filter((folder) => existsSync(`${projectFolder}/${folder}`))
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: projectFolder }))
  .map((file) => file.replaceAll('\\', '/'));

/** One forbidden import for each row of the table, and what it breaks. */
const planted: readonly (readonly [folder: string, code: string])[] = [
  ['core/math', "import { evaluate } from 'mathjs';"],
  ['core', "import normalCdf from '@stdlib/stats-base-dists-normal-cdf';"],
  ['plugins/charts', "import { readFile } from 'node:fs/promises';"],
  ['plugins', "import { View } from 'vega';"],
  ['workflows', "import { createActivities } from '../activities/planted.ts';"],
  ['activities', "export { openStore } from '../adapters/store/planted.ts';"],
  ['config', "import { renderTable } from '../apps/cli/table.ts';"],
  ['adapters', "await import('../plugins/planted.ts');"],
  ['apps', "import type { start } from '../workers/planted.ts';"],
  ['workers', "import { importRules } from '../tests/architecture/import-rules.ts';"],
];

describe('who may import whom', () => {
  test('every source file keeps the table', () => {
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.flatMap((file) => importBreaches(projectFolder, file))).toEqual([]);
  });

  test('each row has its planted breach', () => {
    expect(planted.map(([folder]) => folder)).toEqual(importRules.map(({ folder }) => folder));
  });

  test.each(planted)('a forbidden import planted in %s is named with file, line and rule', (folder, code) => {
    const breaches = importBreaches(projectFolder, `${folder}/planted.ts`, `// a comment\n${code}\n`);
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatch(new RegExp(`^${folder}/planted\\.ts:2 imports .* but ${folder} may only import`));
  });

  test('core/math may import the packages that it names, and no other of their family', () => {
    const breaches = (name: string) =>
      importBreaches(projectFolder, 'core/math/planted.ts', `import x from '${name}';`);
    expect(breaches('@stdlib/stats-base-dists-t-cdf')).toEqual([]);
    expect(breaches('@stdlib/stats-base-dists-t-quantile')).toHaveLength(1);
    expect(breaches('@stdlib/stdlib')).toHaveLength(1);
  });

  test('a type import is allowed where a value import is not', () => {
    const file = 'workflows/planted.ts';
    const from = "from '../activities/planted.ts';";
    expect(importBreaches(projectFolder, file, `import type { A } ${from}`)).toEqual([]);
    expect(importBreaches(projectFolder, file, `import { type A } ${from}`)).toEqual([]);
    expect(importBreaches(projectFolder, file, `import { type A, b } ${from}`)).toHaveLength(1);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';

const page = readFileSync(join(projectFolder, 'docs/reliability.md'), 'utf8');
const section = page.split('\n## ').find((text) => text.startsWith('The failure list\n')) ?? '';
const rows = [...section.matchAll(/^\| (\d+) \| (.+) \| (.+) \| (.+) \|$/gm)].map(([, number, , , tests]) => ({
  number: Number(number),
  tests: [...(tests ?? '').matchAll(/`(tests\/[^`]+)` “([^”]+)”/g)].map(([, file = '', name = '']) => ({ file, name })),
}));

describe('the failure list of docs/reliability.md', () => {
  test.each(rows)('$number names tests that are there', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, name } of tests) {
      expect(existsSync(join(projectFolder, file)), file).toBe(true);
      expect(readFileSync(join(projectFolder, file), 'utf8')).toContain(name);
    }
  });

  test('has every number from 1 to 65 once, with its tests or with what will bring them', () => {
    const later = [...section.matchAll(/^- (\d+(?:, \d+)*): /gm)].flatMap(([, numbers = '']) => numbers.split(', '));
    const numbers = [...rows.map(({ number }) => number), ...later.map(Number)].toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 65 }, (_, index) => index + 1));
  });
});

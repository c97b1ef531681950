import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { plantedBugs } from './planted.ts';
import { simulate } from './simulate.ts';

describe('a rule that is taken out is noticed', () => {
  test.each(plantedBugs)('$bug: $seenBy', async ({ bug, seed, seenBy }) => {
    const { breaches } = await simulate({ seed, bug });
    expect(breaches.map(({ rule }) => rule)).toContain(seenBy);
  });

  test('the table of docs/reliability.md names the same', () => {
    const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
    const rows = plantedBugs.map(({ bug, section, seed, seenBy }) => `| ${bug} | ${section} | ${seed} | ${seenBy} |`);
    const [, table = ''] = page.split('| rule that is gone | section of the specification |');
    expect(table.split('\n').filter((line) => line.startsWith('| '))).toEqual(rows);
  });

  test('and with all rules in their places the same seeds break none', async () => {
    for (const seed of new Set(plantedBugs.map((planted) => planted.seed))) {
      expect((await simulate({ seed })).breaches, `seed ${seed}`).toEqual([]);
    }
  });
});

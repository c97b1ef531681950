import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { examplesTable, withTable } from '../../../apps/ladder/examples-table.ts';

const page = readFileSync(new URL('../../../docs/validation.md', import.meta.url), 'utf8');

test('docs/validation.md says where each example stops, as `npm run docs` writes it', async () => {
  const table = await examplesTable();
  expect(table.split('\n').length).toBeGreaterThanOrEqual(14);
  expect(withTable(page, table)).toBe(page);
}, 120_000);

test('a page without a place for the table is refused', () => {
  expect(() => withTable('# Validation\n', '')).toThrow('no place for the table');
});

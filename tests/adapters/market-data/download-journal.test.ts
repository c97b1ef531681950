import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropStored, openJournal } from '../../../adapters/market-data/download-journal.ts';
import { useTemporaryHome } from './temporary-home.ts';

const home = useTemporaryHome();

const bar = (openMs: number) => ({ openMs, open: 1.5, high: 2, low: 1, close: 1e-7, volume: 12.25 });
const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n');

test('what was cut off at any byte leaves whole lines, and what is appended goes on after them', () => {
  let runs = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (bars, share) => {
      runs += 1;
      const file = join(home.folder, `${runs}.csv`);
      const rows = Array.from({ length: bars }, (_, index) => bar(60_000 * (index + 1)));
      openJournal(file).append(rows);
      const whole = readFileSync(file, 'utf8');
      const cut = Math.floor(share * whole.length);
      truncateSync(file, cut);
      const left = Math.max(0, whole.slice(0, cut).split('\n').length - 2);
      const journal = openJournal(file);
      expect(journal.count()).toBe(left);
      journal.append(rows.slice(left));
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }),
  );
});

test('bars that the store has by now are taken out', () => {
  const journal = openJournal(join(home.folder, 'series.csv'));
  journal.append([bar(60_000), bar(120_000), bar(180_000)]);
  dropStored(journal, new Set([60_000, 180_000]));
  expect(openJournal(journal.file).count()).toBe(1);
  expect(linesOf(journal.file)[1]).toMatch(/^120000,/);
});

test('a file that is no journal is not gone on with', () => {
  const file = join(home.folder, 'other.csv');
  openJournal(file).append([bar(1)]);
  truncateSync(file, 5);
  expect(openJournal(file).count()).toBe(0);
});

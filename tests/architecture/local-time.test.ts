import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';

/** Fields of a Date by the machine's zone, and what is made of them: 23 and 25 hours a day, twice a year. */
const localTime =
  /\.(?:get|set)(?:Hours|Day|Date|Month|FullYear|Minutes|TimezoneOffset)\(|\.toLocale(?:Date|Time)String\(|\.to(?:Date|Time)String\(|new Date\((?:[^()]|\([^()]*\))*,/;

test('nothing reckons in the machine’s time zone: times are UTC, whatever day it is', () => {
  const files = globSync('{core,plugins,workflows,activities,adapters,workers,apps,config}/**/*.ts', {
    cwd: projectFolder,
    exclude: ['**/node_modules/**'],
  });
  expect(files.length).toBeGreaterThan(500);
  const found = files.filter((file) => localTime.test(readFileSync(join(projectFolder, file), 'utf8')));
  expect(found).toEqual([]);
});

test.each([
  'at.getHours()',
  'at.setDate(1)',
  'at.toLocaleDateString()',
  'new Date(2026, 1, 29)',
  'new Date(Number(a), b)',
])('%s is found', (code) => expect(code).toMatch(localTime));

test.each(['at.getUTCHours()', 'new Date(Date.UTC(2026, 1, 28))', 'count.toLocaleString("en")'])('%s is not', (code) =>
  expect(code).not.toMatch(localTime),
);

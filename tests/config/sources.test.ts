import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectFolder } from '../../config/paths.ts';
import { loadSources } from '../../config/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the shipped file holds the defaults', () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  expect(loadSources(join(projectFolder, 'config'))).toEqual(loadSources(empty));
});

test.each([
  ['http://data.example.com/{symbol}', 'whispers.url'],
  ['https://127.0.0.1/{symbol}', 'whispers.url'],
  ['https://user:word@example.com/{symbol}', 'whispers.url'],
  ['https://example.com:8443/{symbol}', 'whispers.url'],
  ['https://example.com/all', 'whispers.url'],
])('an endpoint at %s is refused', (url, path) => {
  writeFileSync(join(folder, 'sources.yaml'), `whispers:\n  url: ${url}\n  fields: {date: d, whisper: w, price: p}\n`);
  expect(() => loadSources(folder)).toThrow(
    expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }),
  );
});

test('a key in place of its name is refused', () => {
  writeFileSync(join(folder, 'sources.yaml'), 'keys:\n  fmp: a8f0c1d2e3\n');
  const refused = {
    code: 'BadInput',
    place: expect.objectContaining({
      line: 2,
      path: 'keys.fmp',
      expected: 'the name of an environment variable (capitals, digits, _), not the key itself',
    }),
  };
  expect(() => loadSources(folder)).toThrow(expect.objectContaining(refused));
});

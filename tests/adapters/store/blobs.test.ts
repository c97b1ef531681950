import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/hashing.ts';
import { openBlobs } from '../../../adapters/store/blobs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-blobs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

test('gives back what was put, under the hash of its content, once', async () => {
  const blobs = openBlobs(folder);
  const text = JSON.stringify({ window: [1, 2, 3], name: 'ü' });
  expect(await Promise.all([blobs.put(text), blobs.put(text)])).toEqual([sha256(text), sha256(text)]);
  expect(await openBlobs(folder).get(sha256(text))).toBe(text);
  expect(files()).toHaveLength(1);
});

test.each(['ab'.repeat(32), '../../desk', ''])('knows nothing under %j', async (hash) => {
  await expect(openBlobs(folder).get(hash)).rejects.toMatchObject({ code: 'NotFound' });
});

test('a changed file is not taken for what was put', async () => {
  const blobs = openBlobs(folder);
  const hash = await blobs.put('{"a":1}');
  writeFileSync(join(folder, hash.slice(0, 2), `${hash}.json`), '{"a":2}');
  await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'StoreUnavailable', place: { expected: hash } });
});

test('what nobody used for 90 days is gone when the store is opened; use makes it young', async () => {
  const hash = await openBlobs(folder).put('[1]');
  const inDays = (days: number) => Date.now() + days * 86_400_000;
  openBlobs(folder, inDays(89));
  expect(files()).toHaveLength(1);
  openBlobs(folder, inDays(91));
  expect(files()).toHaveLength(0);
  expect(existsSync(folder)).toBe(true);
  await expect(openBlobs(folder).get(hash)).rejects.toMatchObject({ code: 'NotFound' });
});

test('refuses what is larger than 64 MB', async () => {
  await expect(openBlobs(folder).put('x'.repeat(64 * 1024 * 1024 + 1))).rejects.toMatchObject({
    code: 'ResourceExhausted',
  });
  expect(files()).toHaveLength(0);
});

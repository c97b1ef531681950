import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSnapshots } from '../../../adapters/sources/snapshots.ts';
import { temporaryFolder } from './fetched.ts';

const dayMs = 86_400_000;

test('keeps the latest of each day, oldest first, and 400 days', async () => {
  const folder = temporaryFolder();
  const store = openSnapshots(folder);
  expect(store.read('a/b')).toEqual([]);
  await store.add('a/b', { t: 2 * dayMs, values: { x: 1 } });
  await store.add('a/b', { t: dayMs, values: { x: 0 } });
  await store.add('a/b', { t: 2 * dayMs + 5, values: { x: 2 } });
  expect(store.read('a/b')).toEqual([
    { t: dayMs, values: { x: 0 } },
    { t: 2 * dayMs + 5, values: { x: 2 } },
  ]);
  const days = Array.from({ length: 400 }, (_, i) => ({ t: (i + 3) * dayMs, values: {} }));
  writeFileSync(join(folder, 'full.json'), JSON.stringify(days));
  await store.add('full', { t: 403 * dayMs, values: {} });
  expect(store.read('full')).toHaveLength(400);
  expect(store.read('full')[0].t).toBe(4 * dayMs);
});

test('a file that is broken is left as it is', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'k.json'), '[{"t":1}');
  const store = openSnapshots(folder);
  const refused = { code: 'StoreUnavailable', place: expect.objectContaining({ file: join(folder, 'k.json') }) };
  expect(() => store.read('k')).toThrow(expect.objectContaining(refused));
  await expect(store.add('k', { t: 1, values: {} })).rejects.toMatchObject(refused);
});

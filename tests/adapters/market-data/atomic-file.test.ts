import { existsSync, readdirSync, readFileSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeLeftovers, replaceFile, writeParts } from '../../../adapters/market-data/atomic-file.ts';
import { mountSmallDisk } from './small-disk.ts';
import { useTemporaryHome } from './temporary-home.ts';

const home = useTemporaryHome();

test('puts the parts in place, in a folder that is made for it', async () => {
  const file = join(home.folder, 'a', 'b');
  await replaceFile(file, (temporary) => writeParts(temporary, [Buffer.from('one'), Buffer.from('two')]));
  expect([readFileSync(file, 'utf8'), readdirSync(join(home.folder, 'a'))]).toEqual(['onetwo', ['b']]);
});

test('a writer that fails leaves the old file and nothing else', async () => {
  const file = join(home.folder, 'b');
  writeFileSync(file, 'old');
  const failing = replaceFile(file, (temporary) => {
    writeParts(temporary, [Buffer.from('half')]);
    throw new Error('boom');
  });
  await expect(failing).rejects.toMatchObject({ code: 'StoreUnavailable', place: { file, found: 'boom' } });
  expect([readFileSync(file, 'utf8'), readdirSync(home.folder)]).toEqual(['old', ['b']]);
});

test('a folder that cannot be made is said', async () => {
  writeFileSync(join(home.folder, 'file'), '');
  await expect(replaceFile(join(home.folder, 'file', 'x'), () => undefined)).rejects.toMatchObject({
    code: 'StoreUnavailable',
  });
});

test('deletes what dead writers left, but not what is young or in place', () => {
  const [old, young, placed] = ['.a.1.tmp', '.a.2.tmp', 'a'].map((name) => join(home.folder, name));
  for (const file of [old, young, placed]) writeFileSync(file, '');
  utimesSync(old, 0, 0);
  removeLeftovers(home.folder, 3_600_000);
  expect([old, young, placed].map((file) => existsSync(file))).toEqual([false, true, true]);
});

test('on a full disk says so and leaves the old file', async ({ skip }) => {
  const disk = join(home.folder, 'disk');
  const unmount = mountSmallDisk(disk, 64);
  if (typeof unmount === 'string') return skip(unmount);
  try {
    const file = join(disk, 'bars');
    writeFileSync(file, 'old');
    const full = replaceFile(file, (temporary) => writeParts(temporary, [Buffer.alloc(200_000, 1)]));
    await expect(full).rejects.toMatchObject({
      code: 'ResourceExhausted',
      message: 'the disk is full; nothing was changed',
    });
    expect([readFileSync(file, 'utf8'), readdirSync(disk)]).toEqual(['old', ['bars']]);
    expect(statfsSync(disk).bfree).toBeGreaterThan(0);
  } finally {
    unmount();
  }
});

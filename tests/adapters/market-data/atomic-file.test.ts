import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeLeftovers, replaceFile, writeParts } from '../../../adapters/market-data/atomic-file.ts';
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

/** A file system of 64 KiB, or why there can be none. */
function mountSmallDisk(folder: string): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a small file system can be mounted by root on Linux only';
  try {
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'mounting is not allowed here';
  }
}

test('on a full disk says so and leaves the old file', async ({ skip }) => {
  const disk = join(home.folder, 'disk');
  const reason = mountSmallDisk(disk);
  if (reason !== undefined) return skip(reason);
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
    execFileSync('umount', [disk]);
  }
});

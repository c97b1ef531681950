import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pathSource } from '../../../../adapters/temporal/cli/on-path.ts';
import { script, temporaryFolder, versionLine } from '../fake-programs.ts';

const ask = (...folders: readonly string[]) =>
  pathSource(folders.join(delimiter)).provide({ folder: '/nowhere', onProgress: () => {} });

describe('temporal on PATH', () => {
  test('the first that is executable', async () => {
    const [plain, first, second] = await Promise.all([temporaryFolder(), temporaryFolder(), temporaryFolder()]);
    await writeFile(join(plain, 'temporal'), 'not executable');
    await script(join(first, 'temporal'), `echo "${versionLine}"`);
    await script(join(second, 'temporal'), 'exit 1');
    expect(await ask(plain, first, second)).toEqual({
      cli: { path: join(first, 'temporal'), source: 'path', version: '1.9.1', serverVersion: '1.32.0' },
    });
  });

  test('none, and an empty PATH', async () => {
    expect(await ask(await temporaryFolder())).toEqual({ unavailable: 'no `temporal` on PATH' });
    expect(await ask('')).toEqual({ unavailable: 'no `temporal` on PATH' });
  });

  test('one that cannot be used says why, and the next way is taken', async () => {
    const folder = await temporaryFolder();
    await script(join(folder, 'temporal'), 'echo "temporal version 0.13.0 (Server 1.24.1, UI 2.27.3)"');
    expect(await ask(folder)).toEqual({ unavailable: expect.stringContaining('is too old') });
  });

  test('a folder of that name', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'temporal'));
    expect(await ask(folder)).toEqual({ unavailable: expect.stringContaining('does not run') });
  });
});

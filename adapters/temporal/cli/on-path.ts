import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { CliSource } from './source.ts';
import { readCliVersion } from './version.ts';

/** A `temporal` that the user has installed: the first on PATH that is executable. */
export const pathSource = (searchPath: string = process.env['PATH'] ?? ''): CliSource => ({
  name: 'path',
  title: '`temporal` on PATH (https://docs.temporal.io/cli says how to install it)',
  async provide({ signal }) {
    const path = await firstExecutable(searchPath);
    if (path === undefined) return { unavailable: 'no `temporal` on PATH' };
    const answer = await readCliVersion(path, signal);
    return 'is' in answer ? { cli: { path, source: 'path', ...answer.is } } : { unavailable: answer.unusable };
  },
});

async function firstExecutable(searchPath: string): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

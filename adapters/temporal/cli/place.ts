import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRunning } from '../process.ts';

const unfinishedName = /^\.unfinished-(\d+)-/;

/** Where a program of that version is once it was placed. */
export function placedPath(folder: string, version: string, name: string): string {
  return join(folder, version, process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Puts a program in its place in one step. `make` writes it somewhere below the folder it is given and `check` looks
 * at it there; only then it is renamed to its place, so that whatever is there is whole. A run that is killed in the
 * middle leaves a folder `.unfinished-<pid>-…`, which the next run that places something removes.
 */
export async function placeProgram(
  target: Readonly<{ folder: string; version: string; name: string }>,
  make: (unfinished: string) => Promise<string>,
  check: (path: string) => Promise<void>,
): Promise<string> {
  const { folder, version, name } = target;
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const unfinished = join(folder, `.unfinished-${process.pid}-${randomUUID()}`);
  await mkdir(unfinished);
  try {
    const made = await make(unfinished);
    await chmod(made, 0o755);
    await check(made);
    const placed = placedPath(folder, version, name);
    await mkdir(dirname(placed), { recursive: true });
    await rename(made, placed);
    return placed;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const pid = unfinishedName.exec(entry)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

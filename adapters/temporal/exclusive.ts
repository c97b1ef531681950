import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { DeskError } from '../../core/errors.ts';

const pollMs = 50;
const sqliteBusy = 5;

/**
 * Runs `work` while no other process (nor another call in this one) runs under the same lock file, waiting for its
 * turn. The lock is SQLite's exclusive lock on an empty database, which the kernel takes back when its holder dies, so
 * it is never stale and there is nothing to take over.
 */
export async function exclusively<T>(
  lockFile: string,
  work: () => Promise<T>,
  { onWait, signal }: Readonly<{ onWait?: () => void; signal?: AbortSignal | undefined }> = {},
): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  const lock = open(lockFile);
  try {
    for (let waits = 0; !tryLock(lock, lockFile); waits += 1) {
      if (waits === 0) onWait?.();
      await pause(pollMs, undefined, { signal });
    }
    return await work();
  } finally {
    lock.close();
  }
}

function open(lockFile: string): DatabaseSync {
  try {
    return new DatabaseSync(lockFile, { timeout: 0 });
  } catch (cause) {
    throw unusable(lockFile, cause);
  }
}

function tryLock(lock: DatabaseSync, lockFile: string): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy) return false;
    throw unusable(lockFile, cause);
  }
}

const unusable = (lockFile: string, cause: unknown) =>
  new DeskError('StoreUnavailable', `cannot lock (${cause instanceof Error ? cause.message : String(cause)})`, {
    file: lockFile,
    expected: 'a folder on a local disk that we may write to',
    cause,
  });

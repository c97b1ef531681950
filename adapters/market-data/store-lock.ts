import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeskError } from '../../core/errors.ts';

/** How long an import waits for another one. */
const waitMs = 30_000;

/**
 * Runs `work` while no other process writes to the folder. The lock is SQLite's on a file in it: the system gives it
 * back when a process dies, however it dies.
 */
export async function withStoreLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite');
  const file = join(folder, '.import.lock');
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(file, { timeout: waitMs });
    database.exec('begin exclusive');
  } catch (cause) {
    database?.close();
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new DeskError('StoreUnavailable', 'the bar store cannot be locked', {
      file,
      expected: `a folder that can be written, and no other import for longer than ${waitMs / 1_000} s`,
      found,
      cause,
    });
  }
  try {
    return await work();
  } finally {
    database.close();
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeskError } from '../../core/errors.ts';

/** SQLite's code for a lock that somebody else holds. */
const sqliteBusy = 5;

export type StoreLock = Readonly<{
  /** How long to wait for whoever holds it. */
  waitMs: number;
  /** What to say of it where that is longer. */
  busy: Readonly<{ message: string; expected: string }>;
}>;

const importLock: StoreLock = {
  waitMs: 30_000,
  busy: { message: 'another import is running', expected: 'one that ends within 30 s; import again after it' },
};

/**
 * Runs `work` while no other process writes to the folder. The lock is SQLite's on a file in it: the system gives it
 * back when a process dies, however it dies.
 */
export async function withStoreLock<T>(
  folder: string,
  work: () => Promise<T>,
  { waitMs, busy }: StoreLock = importLock,
): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite');
  const file = join(folder, '.import.lock');
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(file, { timeout: waitMs });
    database.exec('begin exclusive');
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy) {
      throw new DeskError('StoreUnavailable', busy.message, { file, expected: busy.expected, cause });
    }
    const found = cause instanceof Error ? cause.message : String(cause);
    const expected = 'a folder that can be written';
    throw new DeskError('StoreUnavailable', 'the bar store cannot be locked', { file, expected, found, cause });
  }
  try {
    return await work();
  } finally {
    database.close();
  }
}

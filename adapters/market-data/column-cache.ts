import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../config/paths.ts';
import { removeLeftovers, replaceFile } from './atomic-file.ts';
import { type CheckedColumns, readColumnFile, writeColumnFile } from './column-file.ts';

/** Columns kept in memory a thread: 256 MiB, 175 symbols of 31,973 bars. The one unused the longest goes first. */
const memoryLimitBytes = 256 * 1024 * 1024;

/** Column files kept on disk: 2 GiB. The oldest go first, when a new one is written. */
const diskLimitBytes = 2 * 1024 * 1024 * 1024;

/** A column file takes milliseconds to write: what is older than an hour and not in place will never be. */
const leftoverAgeMs = 3_600_000;

/** Insertion order is order of use. Each thread has its own: this module is loaded once a thread. */
const inMemory = new Map<string, CheckedColumns>();
let inMemoryBytes = 0;

const sizeOf = (columns: CheckedColumns) => columns.timeMs.length * 8 * 6;

const folder = () => join(stateFolder(), 'cache', 'columns');

/**
 * The columns under a key, from memory, else from the raw file that an earlier process or thread left, else made by
 * `make` and kept in both. The key is a hash of the source's content and of all that decides what is read out of it, so
 * that an entry is never stale, only unused.
 */
export async function cachedColumns(key: string, make: () => Promise<CheckedColumns>): Promise<CheckedColumns> {
  const held = inMemory.get(key);
  if (held !== undefined) {
    inMemory.delete(key);
    inMemory.set(key, held);
    return held;
  }
  const file = join(folder(), `${key}.f64`);
  const columns = readColumnFile(file) ?? (await makeAndKeep(file, make));
  keepInMemory(key, columns);
  return columns;
}

async function makeAndKeep(file: string, make: () => Promise<CheckedColumns>): Promise<CheckedColumns> {
  const columns = await make();
  try {
    await replaceFile(file, (temporary) => writeColumnFile(temporary, columns));
    removeLeftovers(folder(), leftoverAgeMs);
    prune(folder(), diskLimitBytes);
  } catch {
    // A cache that cannot be written (full disk, read-only home) costs time, never the result.
  }
  return columns;
}

function keepInMemory(key: string, columns: CheckedColumns): void {
  if (sizeOf(columns) > memoryLimitBytes) return;
  inMemory.set(key, columns);
  inMemoryBytes += sizeOf(columns);
  for (const [oldest, entry] of inMemory) {
    if (inMemoryBytes <= memoryLimitBytes) return;
    inMemory.delete(oldest);
    inMemoryBytes -= sizeOf(entry);
  }
}

/** Deletes the oldest files of a folder until the rest fits; what another process deletes meanwhile is fine. */
export function prune(path: string, limitBytes: number): void {
  const files = readdirSync(path).flatMap((name) => {
    const status = statSync(join(path, name), { throwIfNoEntry: false });
    return status === undefined ? [] : [{ name, size: status.size, mtimeMs: status.mtimeMs }];
  });
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= limitBytes) return;
    rmSync(join(path, name), { force: true });
    total -= size;
  }
}

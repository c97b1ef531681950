import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DeskError } from '../../core/errors.ts';

/** A name beside `file` that no other process uses, for what becomes `file` by a rename. */
const temporaryName = (file: string): string => join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);

/**
 * Makes `file` by a writer that fills a temporary file beside it, then puts it in place in one step: whoever reads, and
 * whatever is killed, sees the old file or the new one, whole.
 */
export async function replaceFile(file: string, write: (temporary: string) => Promise<void> | void): Promise<void> {
  const temporary = temporaryName(file);
  try {
    mkdirSync(dirname(file), { recursive: true });
    await write(temporary);
    syncToDisk(temporary);
    renameSync(temporary, file);
  } catch (cause) {
    if (existsSync(temporary)) rmSync(temporary, { force: true });
    throw cause instanceof DeskError ? cause : writeFailure(file, cause);
  }
}

/** Deletes what writers that were killed left behind: their temporary files, unless younger than `minAgeMs`. */
export function removeLeftovers(folder: string, minAgeMs: number): void {
  for (const name of readdirSync(folder)) {
    if (!/^\..*\.tmp$/.test(name)) continue;
    const file = join(folder, name);
    const status = statSync(file, { throwIfNoEntry: false });
    if (status !== undefined && Date.now() - status.mtimeMs >= minAgeMs) rmSync(file, { force: true });
  }
}

/** Writes parts one after the other to a new file. */
export function writeParts(file: string, parts: readonly Uint8Array[]): void {
  const descriptor = openSync(file, 'wx');
  try {
    for (const part of parts) for (let at = 0; at < part.length;) at += writeSync(descriptor, part, at);
  } finally {
    closeSync(descriptor);
  }
}

function syncToDisk(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Nothing was changed by a write that failed: says so, and who has to make room or give the right. */
function writeFailure(file: string, cause: unknown): DeskError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const full = /ENOSPC|EDQUOT|No space left|could not write all bytes/i.test(reason);
  return new DeskError(
    full ? 'ResourceExhausted' : 'StoreUnavailable',
    full ? 'the disk is full; nothing was changed' : 'the file cannot be written; nothing was changed',
    { file, expected: full ? 'free space' : 'a folder that can be written', found: reason, cause },
  );
}

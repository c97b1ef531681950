import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import type { Blobs } from '../../core/ports/blobs.ts';
import { sha256 } from '../hashing.ts';
import { replaceFile } from '../market-data/atomic-file.ts';
import { blobsFolder } from './places.ts';

/** A blob is at most so large; what grows beyond it has no end. */
const maxBlobBytes = 64 * 1024 * 1024;

/** A blob that nobody put or read for so long is deleted; a workflow that slept longer starts its state anew. */
const keptDays = 90;
const dayMs = 86_400_000;

/** Blobs as files `ab/<hash>.json` of a folder; the ones that nobody used for 90 days are deleted when it is opened. */
export function openBlobs(folder = blobsFolder(), nowMs = Date.now()): Blobs {
  removeUnused(folder, nowMs - keptDays * dayMs);
  const fileOf = (hash: string) => join(folder, hash.slice(0, 2), `${hash}.json`);
  return {
    async put(text) {
      const bytes = Buffer.byteLength(text);
      if (bytes > maxBlobBytes) {
        const limit = `at most ${maxBlobBytes} bytes`;
        throw new DeskError('ResourceExhausted', 'too large to be kept', { expected: limit, found: `${bytes}` });
      }
      const hash = sha256(text);
      if (!touch(fileOf(hash))) await replaceFile(fileOf(hash), (temporary) => writeFileSync(temporary, text));
      return hash;
    },
    async get(hash) {
      if (!/^[0-9a-f]{64}$/.test(hash)) throw gone(hash);
      const file = fileOf(hash);
      if (!touch(file)) throw gone(hash);
      const text = readFileSync(file, 'utf8');
      if (sha256(text) === hash) return text;
      throw new DeskError('StoreUnavailable', 'the content was changed', { file, expected: hash, found: sha256(text) });
    },
  };
}

const gone = (hash: string) =>
  new DeskError('NotFound', 'nothing is kept under this hash', {
    expected: `a SHA-256 used in the last ${keptDays} days`,
    found: hash,
  });

/** Whether the file is there; using it makes it young. */
function touch(file: string): boolean {
  const now = new Date();
  try {
    utimesSync(file, now, now);
    return true;
  } catch {
    return false; // not there
  }
}

function removeUnused(folder: string, beforeMs: number): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    const status = statSync(file, { throwIfNoEntry: false });
    if (status?.isFile() === true && status.mtimeMs < beforeMs) rmSync(file, { force: true });
  }
}

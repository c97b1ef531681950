import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DeskError } from '../../core/errors.ts';
import { sha256 } from '../hashing.ts';

/** Larger files, packed or unpacked, are refused: 512 MiB is ten years of one-minute bars of one symbol, four times over. */
const maxSourceBytes = 512 * 1024 * 1024;

/** A file as it lies on disk, and the SHA-256 of that. */
export type SourceFile = Readonly<{ file: string; bytes: Uint8Array; contentHash: string }>;

/** Reads a source file whole. */
export function readSourceFile(file: string): SourceFile {
  const { size } = statFile(file);
  if (size > maxSourceBytes) throw tooLarge(file, size);
  try {
    const bytes = readFileSync(file);
    return { file, bytes, contentHash: sha256(bytes) };
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new DeskError('BadInput', 'the file cannot be read', {
      file,
      expected: 'a file that may be read',
      found,
      cause,
    });
  }
}

/** The content without its gzip wrapping, which is recognised by its first bytes, not by the file's name. */
export function unpacked({ file, bytes }: SourceFile): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxSourceBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(file, bytes.length);
    throw new DeskError('BadInput', 'the gzip file is damaged', {
      file,
      expected: 'a whole gzip file',
      found: String(cause),
      cause,
    });
  }
}

/** File status, where a file that is not there, or no file, is the user's error. */
function statFile(file: string) {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) throw new DeskError('NotFound', 'there is no such file', { file });
  if (!status.isFile()) throw new DeskError('BadInput', 'this is no file', { file, expected: 'a file of bars' });
  return status;
}

/**
 * What must be unchanged for a file to hold what it held: device, inode, size, and both times in nanoseconds.
 * Undefined where it was touched within the last moments: a clock tick can hide a second write.
 */
export function fileIdentity(file: string): string | undefined {
  const status = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (status === undefined || Date.now() - Number(status.ctimeMs) < raceMs) return undefined;
  return [status.dev, status.ino, status.size, status.mtimeNs, status.ctimeNs].join(' ');
}

/** Longer than the tick of any file system's clock (FAT: 2 s). */
const raceMs = 2_500;

const tooLarge = (file: string, size: number) =>
  new DeskError('ResourceExhausted', 'the file is too large', {
    file,
    expected: `at most ${maxSourceBytes / 1024 / 1024} MiB, packed and unpacked`,
    found: `${size} bytes`,
  });

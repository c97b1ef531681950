import { basename } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { canResample, resampleBars } from '../../core/market/resample.ts';
import { parseBarFileName } from '../../core/market/symbol.ts';
import type { Timeframe } from '../../core/market/timeframe.ts';
import { sha256 } from '../hashing.ts';
import { cachedColumns } from './column-cache.ts';
import type { CheckedColumns } from './column-file.ts';
import { tooCoarse } from './find-bars.ts';
import { readBarFile, refuseErrors } from './read-bars.ts';
import { fileIdentity, readSourceFile, type SourceFile } from './source-file.ts';

/** When a file would be read differently than before, this takes another number, and the cache another key. */
const readerVersion = 1;

/** Content hashes of files that this thread has read, by path; good while the identity is the same. */
const knownHashes = new Map<string, { identity: string; contentHash: string }>();
const maxKnownHashes = 10_000;

/** Columns of a whole file, and the key under which the cache holds them. */
export type LoadedColumns = Readonly<{ columns: CheckedColumns; key: string }>;

/**
 * The whole file, checked, at `timeframe` (left out: its own). It is read and checked once; afterwards it comes from
 * memory or the raw column file, for as long as its content stays the same.
 */
export async function loadColumns(file: string, timeframe: Timeframe | undefined): Promise<LoadedColumns> {
  const identity = fileIdentity(file);
  const known = knownHashes.get(file);
  const source = identity !== undefined && known?.identity === identity ? undefined : readSourceFile(file);
  const contentHash = source?.contentHash ?? known?.contentHash ?? '';
  const named = parseBarFileName(basename(file)).timeframe;
  const key = sha256([readerVersion, contentHash, named ?? 'spacing', timeframe ?? 'own'].join(' '));
  const columns = await cachedColumns(key, () => makeColumns(source ?? readUnchanged(file, contentHash), timeframe));
  if (source !== undefined && identity !== undefined && identity === fileIdentity(file)) {
    if (knownHashes.size >= maxKnownHashes) knownHashes.clear();
    knownHashes.set(file, { identity, contentHash });
  }
  return { columns, key };
}

async function makeColumns(source: SourceFile, target: Timeframe | undefined): Promise<CheckedColumns> {
  const read = await readBarFile(source);
  refuseErrors(source.file, read);
  const { timeMs, open, high, low, close, volume } = read.columns;
  const own = { timeMs, open, high, low, close, volume };
  const timeframe = target ?? read.timeframe;
  if (timeframe === read.timeframe) return { ...own, timeframe, incompleteBars: 0 };
  if (!canResample(read.timeframe, timeframe)) throw tooCoarse(source.file, read.timeframe, timeframe);
  return { ...resampleBars(own, read.timeframe, timeframe), timeframe };
}

function readUnchanged(file: string, contentHash: string): SourceFile {
  const source = readSourceFile(file);
  if (source.contentHash === contentHash) return source;
  throw new DeskError('DataUnavailable', 'the file was changed while it was read', {
    file,
    expected: contentHash,
    found: source.contentHash,
  });
}

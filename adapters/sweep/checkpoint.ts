import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../config/paths.ts';
import type { Grid } from '../../core/backtest/sweep/points.ts';
import { type SweepColumns, type SweepOptions, sweepResultNames } from '../../core/backtest/sweep/sweep.ts';
import { sha256 } from '../hashing.ts';
import { replaceFile, writeParts } from '../market-data/atomic-file.ts';
import { boardPlaces, type SweepBoard } from './job.ts';

/** What makes two sweeps the same one: only then does one go on where the other stopped. */
export type SweepIdentity = Readonly<{ strategyHash: string; dataHash: string; grid: Grid; options: SweepOptions }>;

/** A file that holds what a sweep has so far. */
export type Checkpoint = Readonly<{
  file: string;
  /** Puts in place what an earlier run left, and tells how many points that are; 0 where it left nothing. */
  restore: () => number;
  save: () => Promise<void>;
  remove: () => void;
}>;

/** Files of sweeps that were stopped and never gone on with; older ones are deleted. */
const keptFiles = 20;
const extension = '.sweep';

export function createCheckpoint(
  identity: SweepIdentity,
  board: SweepBoard,
  results: SweepColumns,
  folder = join(stateFolder(), 'sweeps'),
): Checkpoint {
  const columns = sweepResultNames.map((name) => results[name]);
  const chunks = board.done.length;
  const points = columns[0].length;
  const key = sha256(JSON.stringify({ version: 1, ...identity, chunks, points }));
  const file = join(folder, `${key.slice(0, 32)}${extension}`);
  const size = chunks + columns.length * points * Float64Array.BYTES_PER_ELEMENT;
  return {
    file,
    restore() {
      if (!existsSync(file)) return 0;
      const bytes = readFileSync(file);
      // Files are replaced whole, so another size is no torn write but another program's file.
      if (bytes.length !== size) return 0;
      board.done.set(bytes.subarray(0, chunks));
      let at = chunks;
      for (const column of columns) {
        bytesOf(column).set(bytes.subarray(at, at + column.byteLength));
        at += column.byteLength;
      }
      const restored = board.done.reduce(
        (total, done, chunk) => total + done * Math.min(board.chunkPoints, points - chunk * board.chunkPoints),
        0,
      );
      Atomics.store(board.counters, boardPlaces.donePoints, restored);
      return restored;
    },
    async save() {
      // The flags first: a chunk that is finished meanwhile is then computed again, not taken for done without results.
      const done = board.done.slice();
      await replaceFile(file, (temporary) => writeParts(temporary, [done, ...columns.map(bytesOf)]));
      removeOldest(folder);
    },
    remove: () => rmSync(file, { force: true }),
  };
}

const bytesOf = (column: Float64Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

function removeOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name))
    .map((file) => ({ file, changedMs: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.changedMs - a.changedMs);
  for (const { file } of files.slice(keptFiles)) rmSync(file, { force: true });
}

import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, globSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { LoopName, LoopRows, Loops } from '../../core/validation/loops.ts';
import { runFolder } from '../store/artifacts.ts';

/** Work since the last flush is what a killed worker loses. */
const flushEveryMs = 500;

/** Header lines are padded to this, so that a reader knows where the numbers begin. */
const headerBytes = 192;

/**
 * Rows that tries have computed, on disk: a line with the key of the work, then batches of a line and its rows as
 * float64 (little endian on every platform that Node is built for). Files of earlier tries are read together with what
 * they hold; a batch that was cut off, or whose CRC-32 (over its place and its rows) is wrong, is as if it had never been written.
 */
type Place = Readonly<{ loop: string; count: number; width: number; from: number; rows: number }>;

type Batch = Place & Readonly<{ crc: number }>;

type PlacedBatch = Batch & Readonly<{ file: string; at: number }>;

type OpenLoop = Readonly<{ data: Float64Array; count: number; width: number }> & { done: number; written: number };

export type CheckpointOptions = Readonly<{
  /** Own file of this try: see `newCheckpointFile`. */
  file: string;
  /** Of the strategy and tier: names the files of all its tries. */
  runId: string;
  subject: string;
  /** Says everything that the rows depend on: only rows of the same key are taken over. Asked for when a loop begins. */
  keyOf: () => string;
  onReached?: (loop: LoopName, done: number, count: number) => void;
  /** Default: half a second. */
  everyMs?: number;
}>;

const checkpointFolder = (runId: string): string => join(runFolder(runId), 'checkpoints');

/** A name that no other try has: one that was given up by the server may still be writing its own. */
export const newCheckpointFile = (runId: string, subject: string): string =>
  join(checkpointFolder(runId), `${subject}.${randomUUID().slice(0, 8)}.checkpoint`);

/** The files that tries of this work have left. */
function checkpointFiles(runId: string, subject: string): readonly string[] {
  const cwd = checkpointFolder(runId);
  return globSync(`${subject}.*.checkpoint`, { cwd }).map((name) => join(cwd, name));
}

/** Removes what a subject's tries have left, or a whole run's. */
export function forgetCheckpoints(runId: string, subject?: string): void {
  if (subject === undefined) rmSync(checkpointFolder(runId), { recursive: true, force: true });
  else for (const file of checkpointFiles(runId, subject)) rmSync(file, { force: true });
}

export type Checkpoint = Loops & Readonly<{ close(): void }>;

/**
 * Keeps the rows of long loops in a file while they are filled, and gives a later try those that earlier ones have
 * written. Nothing is written in the first half second: most work is done by then. A disk that cannot be written costs
 * the checkpoint, never the work.
 */
export function createCheckpoint(options: CheckpointOptions): Checkpoint {
  const { file, runId, subject, keyOf, onReached, everyMs = flushEveryMs } = options;
  const loops = new Map<LoopName, OpenLoop>();
  let kept: Readonly<{ batches: readonly PlacedBatch[]; writer: ReturnType<typeof createWriter> }> | undefined;
  const begin = () => {
    const key = keyOf();
    const batches = checkpointFiles(runId, subject).flatMap((earlier) => batchesOf(earlier, key));
    return { batches, writer: createWriter(file, key) };
  };
  let flushedMs = performance.now();
  return {
    open(name, count, width): LoopRows {
      const data = new Float64Array(count * width);
      kept ??= begin();
      const done = fill(
        data,
        { count, width },
        kept.batches.filter(({ loop }) => loop === name),
      );
      loops.set(name, { data, count, width, done, written: done });
      return { data, done };
    },
    reached(name, done, count) {
      const loop = loops.get(name);
      if (loop !== undefined) loop.done = done;
      // What comes between two loops must not add to what a kill loses.
      const ends = done === count && kept?.writer.hasBegun() === true;
      if (ends || performance.now() - flushedMs >= everyMs) {
        kept?.writer.write(loops);
        flushedMs = performance.now();
      }
      onReached?.(name, done, count);
    },
    close: () => kept?.writer.close(),
  };
}

function createWriter(file: string, key: string) {
  let descriptor: number | undefined;
  let broken = false;
  const open = (): number => {
    mkdirSync(join(file, '..'), { recursive: true });
    const opened = openSync(file, 'wx');
    writeAll(opened, headerLine({ version: 1, key }));
    return opened;
  };
  const writeLoop = (name: string, loop: OpenLoop): void => {
    const { data, count, width, written, done } = loop;
    descriptor ??= open();
    const rows = data.subarray(written * width, done * width);
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    const place: Place = { loop: name, count, width, from: written, rows: done - written };
    writeAll(descriptor, headerLine({ ...place, crc: crcOf(place, bytes) }));
    writeAll(descriptor, bytes);
    loop.written = done;
  };
  return {
    write(loops: ReadonlyMap<LoopName, OpenLoop>): void {
      try {
        if (!broken) for (const [name, loop] of loops) if (loop.done > loop.written) writeLoop(name, loop);
      } catch {
        broken = true; // a full disk: the work goes on without
      }
    },
    hasBegun: () => descriptor !== undefined,

    close(): void {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

const crcOf = ({ loop, count, width, from, rows }: Place, bytes: Uint8Array): number =>
  crc32(bytes, crc32([loop, count, width, from, rows].join(' ')));

const headerLine = (value: object): Uint8Array =>
  Buffer.from(`${JSON.stringify(value).padEnd(headerBytes - 1)}\n`, 'latin1');

/** Where the batches of a file are; none for a file of other work. */
function batchesOf(file: string, key: string): readonly PlacedBatch[] {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (readHeader(descriptor, 0)?.['key'] !== key) return [];
    const batches: PlacedBatch[] = [];
    for (let at = headerBytes; at < size;) {
      const batch = asBatch(readHeader(descriptor, at));
      if (batch === undefined) break;
      const rowsAt = at + headerBytes;
      at = rowsAt + 8 * batch.rows * batch.width;
      if (at <= size) batches.push({ ...batch, file, at: rowsAt });
    }
    return batches;
  } finally {
    closeSync(descriptor);
  }
}

type Header = Readonly<Record<string, unknown>>;

function readHeader(descriptor: number, at: number): Header | undefined {
  const line = Buffer.alloc(headerBytes);
  if (readSync(descriptor, line, 0, headerBytes, at) < headerBytes) return undefined;
  try {
    return JSON.parse(line.toString('latin1')) as Header;
  } catch {
    return undefined;
  }
}

/** Undefined for what cannot be stepped over; whether it is true, its CRC tells. */
function asBatch(header: Header | undefined): Batch | undefined {
  const size = (name: keyof Batch) => Number.isSafeInteger(header?.[name]) && Number(header?.[name]) >= 0;
  const fits = size('rows') && size('width') && size('count') && size('from');
  return fits ? (header as Batch) : undefined;
}

/** Fills rows from the first on as far as the batches reach, and returns how many. */
function fill(
  data: Float64Array,
  { count, width }: Readonly<{ count: number; width: number }>,
  batches: readonly PlacedBatch[],
): number {
  const fitting = batches.filter((batch) => batch.count === count && batch.width === width);
  let done = 0;
  for (const batch of fitting.toSorted((a, b) => a.from - b.from || b.rows - a.rows)) {
    const end = batch.from + batch.rows;
    if (batch.from > done || end <= done || end > count) continue;
    const rows = readRows(batch);
    if (rows === undefined) continue;
    data.set(rows, batch.from * width);
    done = end;
  }
  return done;
}

/** Undefined when the batch is not whole. */
function readRows(batch: PlacedBatch): Float64Array | undefined {
  const { file, at, rows, width } = batch;
  const numbers = new Float64Array(rows * width);
  const bytes = new Uint8Array(numbers.buffer);
  const descriptor = openSync(file, 'r');
  try {
    let read = 0;
    for (let more = -1; more !== 0 && read < bytes.length; read += more) {
      more = readSync(descriptor, bytes, read, bytes.length - read, at + read);
    }
    return read === bytes.length && crcOf(batch, bytes) === batch.crc ? numbers : undefined;
  } finally {
    closeSync(descriptor);
  }
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { barFields } from '../../core/market/bars.ts';
import type { BarColumns } from '../../core/market/checks.ts';
import { timeframeMs, timeframes, type Timeframe } from '../../core/market/timeframe.ts';
import { writeParts } from './atomic-file.ts';

/** All bars of one source at one frame, checked. */
export type CheckedColumns = BarColumns &
  Readonly<{
    timeframe: Timeframe;
    /** Bars made of finer ones that were not all there. */
    incompleteBars: number;
  }>;

/** Says what the file is and which layout it has; another layout takes another number. */
const magic = 'NDCOLS01';
const headerBytes = 24;
const columnNames = ['timeMs', ...barFields] as const;

/**
 * Writes columns as a thread reads them fastest: `NDCOLS01`, uint32 bars, uint32 incomplete bars, float64
 * milliseconds of the frame, then timeMs, open, high, low, close, volume as float64, one column after the other, all
 * little endian.
 */
export function writeColumnFile(file: string, columns: CheckedColumns): void {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeUInt32LE(columns.timeMs.length, 8);
  header.writeUInt32LE(columns.incompleteBars, 12);
  header.writeDoubleLE(timeframeMs[columns.timeframe], 16);
  writeParts(file, [header, ...columnNames.map((name) => bytesOf(columns[name]))]);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** Columns as views into one buffer, or undefined where there is no such file or it is not whole. */
export function readColumnFile(file: string): CheckedColumns | undefined {
  const bytes = readWhole(file);
  if (bytes === undefined || bytes.length < headerBytes) return undefined;
  const header = Buffer.from(bytes.buffer, 0, headerBytes);
  const bars = header.readUInt32LE(8);
  const timeframe = timeframes.find((name) => timeframeMs[name] === header.readDoubleLE(16));
  const whole = bytes.length === headerBytes + columnNames.length * bars * 8;
  if (header.toString('latin1', 0, 8) !== magic || !whole || timeframe === undefined) return undefined;
  const column = (index: number) => new Float64Array(bytes.buffer, headerBytes + index * bars * 8, bars);
  return {
    timeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    timeframe,
    incompleteBars: header.readUInt32LE(12),
  };
}

/** The bytes in a buffer of their own, so that float64 columns lie aligned in it (Node pools small Buffers). */
function readWhole(file: string): Uint8Array<ArrayBuffer> | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = new Uint8Array(fstatSync(descriptor).size);
    let at = 0;
    for (let read = -1; at < bytes.length && read !== 0; at += read) read = readSync(descriptor, bytes, { offset: at });
    return at === bytes.length ? bytes : undefined;
  } finally {
    closeSync(descriptor);
  }
}

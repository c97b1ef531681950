import type { Table, Vector } from 'apache-arrow';
import { DeskError } from '../../core/errors.ts';
import type { ReadColumns } from '../../core/market/checks.ts';
import { barLayout, type ColumnRole } from './column-layout.ts';
import { rowAfterHeader } from './rows.ts';
import { epochToMs } from './timestamps.ts';

/**
 * Bars of a feather (Arrow IPC) file as freqtrade writes them: `date` (a timestamp, any unit), open, high, low, close,
 * volume, LZ4-packed. Arrow and the LZ4 codec are loaded only here.
 */
export async function readBarsFeather(file: string, bytes: Uint8Array): Promise<ReadColumns> {
  const table = await readTable(file, bytes);
  const { DataType } = await import('apache-arrow');
  const layout = barLayout(
    table.schema.fields.map(({ name }) => name),
    file,
  );
  const column = (role: ColumnRole): Float64Array => {
    const { name, type } = table.schema.fields[layout[role]];
    const fits = DataType.isInt(type) || DataType.isFloat(type) || (role === 'timeMs' && DataType.isTimestamp(type));
    if (fits) return doublesOf(table.getChildAt(layout[role]), table.numRows);
    throw new DeskError('BadInput', `column ${name} holds no numbers`, {
      file,
      path: name,
      expected: role === 'timeMs' ? 'timestamps or integers' : 'numbers',
      found: String(type),
    });
  };
  const timeMs = column('timeMs');
  epochToMs(timeMs);
  return {
    timeMs,
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    rowOf: rowAfterHeader,
    rowErrors: [],
  };
}

async function readTable(file: string, bytes: Uint8Array): Promise<Table> {
  const { CompressionType, compressionRegistry, tableFromIPC } = await import('apache-arrow');
  const { decompressFrameSync } = await import('lz4-napi');
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (packed) => decompressFrameSync(Buffer.from(packed)) });
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw new DeskError('BadInput', 'this is no feather file', {
      file,
      expected: 'feather version 2 (Arrow IPC), not packed or packed with LZ4',
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

/** Values as numbers as they are stored: timestamps stay epoch numbers in their own unit; missing becomes NaN. */
function doublesOf(vector: Vector | null, length: number): Float64Array {
  const values = new Float64Array(length).fill(Number.NaN);
  let at = 0;
  for (const part of vector?.data ?? []) {
    for (let i = 0; i < part.length; i++) if (part.getValid(i)) values[at + i] = Number(part.values[i]);
    at += part.length;
  }
  return values;
}

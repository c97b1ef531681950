import { DeskError } from '../../core/errors.ts';
import type { TrackRecord } from '../../core/validation/audit/track-record.ts';
import { readSourceFile, unpacked } from '../market-data/source-file.ts';
import { cellsOf } from './cells.ts';
import { parseCsvTable } from './csv-table.ts';
import { readFreqtradeJson } from './freqtrade-json.ts';
import { readReturns } from './return-files.ts';
import { readTrades, tradeLayouts } from './trade-files.ts';

/** Reads anybody's track record; what it is follows from its content, not from its name. Gzip is unpacked. */
export function readTrackRecord(file: string, { strategy }: Readonly<{ strategy?: string }> = {}): TrackRecord {
  const bytes = unpacked(readSourceFile(file));
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new DeskError('BadInput', 'a zip archive', { file, expected: 'the .json or .csv that is in it' });
  }
  const text = decoded(bytes, file);
  const first = text.trimStart()[0];
  if (first === '{' || first === '[') return readFreqtradeJson(jsonOf(text, file), file, strategy);
  const table = parseCsvTable(text, file);
  if (table.rows.length === 0)
    throw new DeskError('BadInput', 'nothing in it', { file, expected: 'a header and rows' });
  const cells = cellsOf(table, file);
  const layout = tradeLayouts.find(({ header }) => cells.has(...header));
  return layout === undefined ? readReturns(cells, table.names) : readTrades(cells, layout);
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DeskError('BadInput', 'is not UTF-8 text', { file, expected: 'a CSV or JSON file' });
  }
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DeskError('BadInput', 'not JSON', { file, expected: 'one JSON document', found: String(cause), cause });
  }
}

import { DeskError } from '../../core/errors.ts';
import { epochToMs, isoToMs } from '../market-data/timestamps.ts';
import type { CsvTable } from './csv-table.ts';

/** Columns of a table by name, read as numbers and times; what is neither is refused with its line. */
export type Cells = Readonly<{
  file: string;
  length: number;
  has(...names: string[]): boolean;
  text(row: number, name: string): string;
  number(row: number, name: string): number;
  /** The whole column as epoch ms: ISO 8601 (UTC without a zone) or epoch numbers. */
  timesMs(name: string): readonly number[];
}>;

export function cellsOf({ names, rows, lines }: CsvTable, file: string): Cells {
  const places = new Map(names.map((name, index) => [name, index]));
  const placeOf = (name: string) => places.get(name) ?? -1;
  const text = (row: number, name: string) => rows[row]?.[placeOf(name)] ?? '';
  const refuse = (row: number, name: string, expected: string): never => {
    throw new DeskError('BadInput', 'not what it has to be', {
      file,
      line: lines[row],
      path: name,
      expected,
      found: text(row, name) || 'nothing',
    });
  };
  return {
    file,
    length: rows.length,
    has: (...wanted) => wanted.every((name) => places.has(name)),
    text,
    number(row, name) {
      const cell = text(row, name);
      const isPercent = cell.endsWith('%');
      const value = cell === '' ? Number.NaN : Number(isPercent ? cell.slice(0, -1) : cell);
      if (!Number.isFinite(value)) refuse(row, name, 'a number');
      return isPercent ? value / 100 : value;
    },
    timesMs(name) {
      const column = rows.map((_, row) => text(row, name));
      const epochs = Float64Array.from(column, (cell) => (cell === '' ? Number.NaN : Number(cell)));
      const isEpoch = !Number.isNaN(epochs[0]);
      const times = isEpoch ? epochs : Float64Array.from(column, isoToMs);
      if (isEpoch) epochToMs(times);
      const bad = times.findIndex((ms) => Number.isNaN(ms));
      if (bad >= 0) refuse(bad, name, 'a time: 2024-09-17 14:00, or epoch seconds or milliseconds');
      return Array.from(times);
    },
  };
}

import { DeskError } from '../../core/errors.ts';
import type { BarField } from '../../core/market/bars.ts';
import { maxRowErrors, type ReadColumns, type RowError } from '../../core/market/checks.ts';
import { barLayout, ignoredColumn, looksLikeData } from './column-layout.ts';
import { parseDecimal } from './decimal.ts';
import { epochToMs, isoToMs } from './timestamps.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Where the columns are that a caller wants: times, and others by their own names. */
type Layout<Name extends string> = Readonly<Record<'timeMs' | Name, number>>;

type CsvFormat<Name extends string> = Readonly<{
  /** Finds the columns in the names of a header. */
  layoutOf(names: readonly string[], file: string): Layout<Name>;
  /** The order of a file without a header; `-` for a column to leave out. */
  columns?: readonly string[] | undefined;
}>;

type CsvColumns<Name extends string> = Readonly<{
  columns: Readonly<Record<'timeMs' | Name, Float64Array>>;
  rowOf(index: number): number;
  textAt(index: number, name: 'timeMs' | Name): string;
  rowErrors: readonly RowError[];
}>;

/**
 * Bars of a CSV text. A byte-order mark, CRLF, quotes, semicolons or tabs, and further columns are fine; `columns` says
 * the order where there is no header.
 */
export function parseBarsCsv(bytes: Uint8Array, file: string, columns?: readonly string[]): ReadColumns {
  const parsed = parseCsv<BarField>(bytes, file, { layoutOf: barLayout, columns });
  return { ...parsed.columns, rowOf: parsed.rowOf, textAt: parsed.textAt, rowErrors: parsed.rowErrors };
}

/** Reads numeric columns and a time column (epoch or ISO 8601, to epoch ms). What is no number becomes NaN. */
export function parseCsv<Name extends string>(
  bytes: Uint8Array,
  file: string,
  { layoutOf, columns }: CsvFormat<Name>,
): CsvColumns<Name> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  const end = trimmedEnd(text, start);
  const firstEnd = lineEnd(text, start, end);
  const firstLine = text.toString('utf8', start, firstEnd).trim();
  const delimiter = [',', ';', '\t'].find((candidate) => firstLine.includes(candidate)) ?? ',';
  const firstCells = splitCells(firstLine, delimiter);
  const headerless = looksLikeData(firstCells);
  if (headerless && columns === undefined) throw noHeader(file, firstLine);
  if (end === start || (!headerless && firstEnd >= end)) throw emptyFile(file);
  const names = columns ?? firstCells;
  return scanRows(text, {
    from: headerless ? start : firstEnd + 1,
    end,
    firstRow: headerless ? 1 : 2,
    delimiter,
    columnCount: names.length,
    layout: layoutOf(
      names.map((name) => (name === ignoredColumn ? 'ignored' : name)),
      file,
    ),
  });
}

type Scan<Name extends string> = Readonly<{
  from: number;
  end: number;
  firstRow: number;
  delimiter: string;
  columnCount: number;
  layout: Layout<Name>;
}>;

function scanRows<Name extends string>(text: Buffer, scan: Scan<Name>): CsvColumns<Name> {
  const { from, end, firstRow, columnCount, layout } = scan;
  const delimiter = scan.delimiter.charCodeAt(0);
  const lines = countLines(text, from, end);
  const columns = {} as Record<'timeMs' | Name, Float64Array>;
  const columnAt: (Float64Array | undefined)[] = Array.from({ length: columnCount });
  for (const name of Object.keys(layout) as ('timeMs' | Name)[]) {
    columnAt[layout[name]] = columns[name] = new Float64Array(lines);
  }
  const lineStarts = new Uint32Array(lines);
  const cellsOf = (lineStart: number) =>
    splitCells(text.toString('utf8', lineStart, lineEnd(text, lineStart, end)), scan.delimiter);
  const isoColumn = Number.isNaN(isoToMs(cellsOf(from)[layout.timeMs] ?? '')) ? -1 : layout.timeMs;
  const badRows: number[] = [];
  const rowErrors: RowError[] = [];
  let count = 0;
  for (let at = from, row = firstRow; at < end && rowErrors.length < maxRowErrors; row++) {
    lineStarts[count] = at;
    let cells = 0;
    for (let cellStart = at, lineEnded = false; !lineEnded; at++) {
      const byte = at < end ? text[at] : newline;
      if (byte !== delimiter && byte !== newline) continue;
      const column = columnAt[cells];
      if (cells === isoColumn) columns.timeMs[count] = isoToMs(cleanCell(text.toString('latin1', cellStart, at)));
      else if (column !== undefined) column[count] = parseDecimal(text, cellStart, at);
      cells++;
      cellStart = at + 1;
      lineEnded = byte === newline;
    }
    if (cells === columnCount) {
      count++;
      continue;
    }
    badRows.push(row);
    rowErrors.push({
      row,
      field: '',
      message: 'a row of another length',
      expected: `${columnCount} columns`,
      found: `${cells}`,
    });
  }
  for (const name of Object.keys(columns) as ('timeMs' | Name)[]) columns[name] = columns[name].subarray(0, count);
  if (isoColumn < 0) epochToMs(columns.timeMs);
  return {
    columns,
    rowErrors,
    rowOf: (index) => badRows.reduce((row, bad) => (bad <= row ? row + 1 : row), index + firstRow),
    textAt: (index, name) => cellsOf(lineStarts[index])[layout[name]],
  };
}

const cleanCell = (cell: string) => cell.trim().replaceAll('"', '');

const splitCells = (line: string, delimiter: string) => line.split(delimiter).map(cleanCell);

/** Where the last line that holds something ends: empty lines at the end are no rows. */
function trimmedEnd(text: Buffer, start: number): number {
  let end = text.length;
  while (end > start && (text[end - 1] === newline || text[end - 1] === carriageReturn)) end--;
  return end;
}

function lineEnd(text: Buffer, start: number, end: number): number {
  const at = text.indexOf(newline, start);
  return at < 0 || at > end ? end : at;
}

function countLines(text: Buffer, from: number, end: number): number {
  let lines = 1;
  for (let at = text.indexOf(newline, from); at >= 0 && at < end; at = text.indexOf(newline, at + 1)) lines++;
  return lines;
}

const emptyFile = (file: string) =>
  new DeskError('BadInput', 'the file is empty', { file, expected: 'a header and at least one row' });

const noHeader = (file: string, firstLine: string) =>
  new DeskError('BadInput', 'there is no header, so the order of the columns would be a guess', {
    file,
    line: 1,
    expected: 'a line such as timestamp,open,high,low,close,volume, or the order by --columns',
    found: firstLine.slice(0, 120),
  });

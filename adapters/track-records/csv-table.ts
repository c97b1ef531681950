import { DeskError } from '../../core/errors.ts';

/** A small CSV: names of the columns, and the cells of each row as texts. Row i stands on `lines[i]` of the file. */
export type CsvTable = Readonly<{
  names: readonly string[];
  rows: readonly (readonly string[])[];
  lines: readonly number[];
}>;

/** More rows than this are no track record. */
const mostRows = 1_000_000;

/**
 * Reads a CSV with a header: comma, semicolon or tab; quotes as in RFC 4180, with delimiters and line breaks inside; a
 * byte-order mark and CRLF are fine; empty lines are left out.
 */
export function parseCsvTable(text: string, file: string): CsvTable {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const header = source.slice(0, (source.indexOf('\n') + 1 || source.length + 1) - 1);
  const delimiter = [',', ';', '\t'].find((candidate) => header.includes(candidate)) ?? ',';
  const rows: string[][] = [];
  const lines: number[] = [];
  const scan = { at: 0, line: 1 };
  while (scan.at < source.length) {
    const { line } = scan;
    const cells = readRow(source, delimiter, scan, file);
    if (cells.length === 1 && cells[0] === '') continue;
    rows.push(cells);
    lines.push(line);
    if (rows.length > mostRows) throw refused(file, line, 'too many rows', `at most ${mostRows}`);
  }
  const [names = [], ...rest] = rows;
  if (names.some(isData)) {
    throw refused(file, lines[0], `data where the header belongs: ${names.join(', ')}`, 'a first line of names');
  }
  const odd = rest.findIndex((cells) => cells.length !== names.length);
  if (odd >= 0) {
    throw refused(
      file,
      lines[odd + 1],
      'another number of cells than the header',
      `${names.length}, found ${rest[odd].length}`,
    );
  }
  return { names: names.map((name) => name.trim()), rows: rest, lines: lines.slice(1) };
}

/**
 * A number or a day: a file without a header would lose its first row to it, and nobody would be told. Columns without
 * a name are called 0, 1, 2 by pandas, behind the index.
 */
function isData(cell: string, column: number): boolean {
  const text = cell.trim();
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return true;
  return text !== '' && Number.isFinite(Number(text)) && !(column > 0 && text === String(column - 1));
}

type Scan = { at: number; line: number };

/** The cells of one row; `scan` goes on behind its line break. */
function readRow(source: string, delimiter: string, scan: Scan, file: string): string[] {
  const cells: string[] = [];
  for (;;) {
    cells.push(source[scan.at] === '"' ? quotedCell(source, scan, file) : plainCell(source, delimiter, scan));
    const end = source[scan.at];
    scan.at += 1;
    if (end === delimiter) continue;
    if (end === '\r' && source[scan.at] === '\n') scan.at += 1;
    scan.line += 1;
    return cells;
  }
}

function plainCell(source: string, delimiter: string, scan: Scan): string {
  const start = scan.at;
  while (scan.at < source.length && !isEnd(source[scan.at], delimiter)) scan.at += 1;
  return source.slice(start, scan.at).trim();
}

const isEnd = (character: string, delimiter: string) =>
  character === delimiter || character === '\n' || character === '\r';

function quotedCell(source: string, scan: Scan, file: string): string {
  const opened = scan.line;
  let cell = '';
  scan.at += 1;
  for (;;) {
    const close = source.indexOf('"', scan.at);
    if (close < 0) throw refused(file, opened, 'a quote is never closed', 'a second "');
    const part = source.slice(scan.at, close);
    scan.line += part.split('\n').length - 1;
    cell += part;
    scan.at = close + 1;
    if (source[scan.at] !== '"') return cell;
    cell += '"';
    scan.at += 1;
  }
}

const refused = (file: string, line: number, message: string, expected: string): DeskError =>
  new DeskError('BadInput', message, { file, line, expected });

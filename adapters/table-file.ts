import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { DeskError } from '../core/errors.ts';
import { replaceFile } from './market-data/atomic-file.ts';
import { sqlName, sqlText, withDuckDb } from './market-data/duckdb.ts';

/** A column of a table that goes to a file; null is missing. Times are integers, epoch ms. */
export type TableColumn = Readonly<{ name: string }> &
  (
    | Readonly<{ type: 'text'; values: readonly (string | null)[] }>
    | Readonly<{ type: 'number' | 'integer'; values: ArrayLike<number | null> }>
  );

const extensions = ['.csv', '.parquet'] as const;

/** Refuses a name that says neither format: before the work that would fill the file, not after it. */
export function checkTableFile(file: string): void {
  if (extensions.some((extension) => extension === extname(file).toLowerCase())) return;
  throw new DeskError('Usage', 'what format?', { path: '--out', expected: 'file.csv or file.parquet', found: file });
}

/** Writes columns of equal length as CSV or Parquet, by the name of the file; whole or not at all. */
export async function writeTable(file: string, columns: readonly TableColumn[]): Promise<void> {
  checkTableFile(file);
  const write = extname(file).toLowerCase() === '.csv' ? writeCsv : writeParquet;
  await replaceFile(file, (temporary) => write(temporary, columns));
}

const rowsOf = (columns: readonly TableColumn[]): number => columns[0]?.values.length ?? 0;

async function writeCsv(file: string, columns: readonly TableColumn[]): Promise<void> {
  const rows = rowsOf(columns);
  await writeFile(file, csvLines(columns, rows));
}

const rowsPerPart = 10_000;

function* csvLines(columns: readonly TableColumn[], rows: number): Generator<string> {
  yield `${columns.map(({ name }) => csvCell(name)).join(',')}\n`;
  for (let from = 0; from < rows; from += rowsPerPart) {
    const lines: string[] = [];
    for (let row = from; row < Math.min(rows, from + rowsPerPart); row += 1) {
      lines.push(`${columns.map(({ values }) => csvCell(values[row])).join(',')}\n`);
    }
    yield lines.join('');
  }
}

/** Quoted where the text needs it (RFC 4180); missing is nothing. */
function csvCell(value: string | number | null): string {
  if (value === null || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** DuckDB's vector size, the most rows of a chunk. */
const chunkRows = 2048;
const sqlTypes = { text: 'varchar', number: 'double', integer: 'bigint' } as const;

async function writeParquet(file: string, columns: readonly TableColumn[]): Promise<void> {
  const { BIGINT, DOUBLE, DuckDBDataChunk, VARCHAR } = await import('@duckdb/node-api');
  const types = { text: VARCHAR, number: DOUBLE, integer: BIGINT };
  await withDuckDb(async (connection) => {
    const fields = columns.map(({ name, type }) => `${sqlName(name)} ${sqlTypes[type]}`);
    await connection.run(`create table results (${fields.join(', ')})`);
    const appender = await connection.createAppender('results');
    const rows = rowsOf(columns);
    for (let from = 0; from < rows; from += chunkRows) {
      const part = columns.map((column) => duckDbValues(column, from, Math.min(rows, from + chunkRows)));
      const chunk = DuckDBDataChunk.create(
        columns.map(({ type }) => types[type]),
        part[0].length,
      );
      chunk.setColumns(part);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`copy results to ${sqlText(file)} (format parquet, compression zstd)`);
  });
}

function duckDbValues({ type, values }: TableColumn, from: number, to: number): (string | number | bigint | null)[] {
  const part: (string | number | bigint | null)[] = [];
  for (let row = from; row < to; row += 1) {
    const value = values[row];
    if (value === null || Number.isNaN(value)) part.push(null);
    else part.push(type === 'integer' ? BigInt(value) : value);
  }
  return part;
}

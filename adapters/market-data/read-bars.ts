import { basename } from 'node:path';
import { DeskError } from '../../core/errors.ts';
import { checkColumns, type ReadColumns, type RowError, smallestSpacing } from '../../core/market/checks.ts';
import { parseBarFileName } from '../../core/market/symbol.ts';
import { timeframes, type Timeframe } from '../../core/market/timeframe.ts';
import { parseBarsCsv } from './csv.ts';
import { freqtradeOrder, isFreqtradeName, parseBarsJson } from './json.ts';
import { type SourceFile, unpacked } from './source-file.ts';

/** `json` is a list of lists, as freqtrade writes it. */
export const barFormats = ['csv', 'parquet', 'feather', 'json'] as const;
type BarFormat = (typeof barFormats)[number];

/** What is said about a file beside its content. */
export type ReadOptions = Readonly<{
  /** Else that of the file's name, else the smallest spacing. */
  timeframe?: Timeframe;
  /** Else by its first bytes. */
  format?: BarFormat;
  /** The order of the columns of a file without a header. */
  columns?: readonly string[];
}>;

/** A whole file, read and checked. */
export type CheckedFile = Readonly<{
  columns: ReadColumns;
  timeframe: Timeframe;
  /** In the order of the rows, the first 100 of `errorCount`. */
  errors: readonly RowError[];
  errorCount: number;
}>;

/** Reads a file of bars in any of the formats that are known and checks all of it. */
export async function readBarFile(source: SourceFile, options: ReadOptions = {}): Promise<CheckedFile> {
  const { file } = source;
  const columns = await parse(source, options);
  if (columns.timeMs.length === 0 && columns.rowErrors.length === 0) {
    throw new DeskError('BadInput', 'the file is empty: it has no bars', { file });
  }
  const timeframe = options.timeframe ?? parseBarFileName(basename(file)).timeframe ?? smallestSpacing(columns.timeMs);
  if (timeframe === undefined) throw noTimeframe(file);
  const { errors, count } = checkColumns(columns, timeframe);
  return { columns, timeframe, errors, errorCount: count };
}

async function parse(source: SourceFile, { format, columns }: ReadOptions): Promise<ReadColumns> {
  const bytes = unpacked(source);
  const actual = format ?? formatOf(bytes);
  if (actual === 'parquet') return (await import('./parquet.ts')).readBarsParquet(source);
  if (actual === 'feather') return (await import('./feather.ts')).readBarsFeather(source.file, bytes);
  if (actual === 'csv') return parseBarsCsv(bytes, source.file, columns);
  const order =
    columns ?? (format === undefined && !isFreqtradeName(basename(source.file)) ? undefined : freqtradeOrder);
  return parseBarsJson(bytes, source.file, order);
}

/** The format that a file's first bytes say, whatever its name. */
function formatOf(bytes: Uint8Array): BarFormat {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 8)).toString('latin1');
  if (start.startsWith('PAR1')) return 'parquet';
  if (start.startsWith('ARROW1')) return 'feather';
  return start.trimStart().startsWith('[') ? 'json' : 'csv';
}

/** Throws the first thing that is wrong with a file, and says how many more there are. */
export function refuseErrors(file: string, { errors, errorCount }: CheckedFile): void {
  const [first] = errors;
  if (first === undefined) return;
  const { row, field, message, ...place } = first;
  const more = errorCount > 1 ? ` (and ${errorCount - 1} more: nightdesk data verify lists them)` : '';
  throw new DeskError('BadInput', message + more, {
    file,
    line: row,
    ...(field === '' ? {} : { path: field }),
    ...place,
  });
}

const noTimeframe = (file: string) =>
  new DeskError('BadInput', 'no spacing of its times is a timeframe', {
    file,
    path: 'timestamp',
    expected: `one of ${timeframes.join(' ')}, or a name <symbol>-<timeframe>`,
  });

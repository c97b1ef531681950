import type { DuckDBConnection } from '@duckdb/node-api';
import { DeskError } from '../../core/errors.ts';
import { barFields } from '../../core/market/bars.ts';
import type { BarColumns, ReadColumns } from '../../core/market/checks.ts';
import { sha256 } from '../hashing.ts';
import { barLayout, type ColumnRole } from './column-layout.ts';
import { literalPattern, readDoubles, sqlName, sqlText, withDuckDb } from './duckdb.ts';
import { rowAfterHeader } from './rows.ts';
import { readSourceFile, type SourceFile } from './source-file.ts';
import { epochToMs } from './timestamps.ts';

const roles: readonly ColumnRole[] = ['timeMs', ...barFields];

/**
 * Bars of a Parquet file, columns recognised by name, numbers of any type, times as TIMESTAMP (without a zone: UTC),
 * DATE, or epoch numbers.
 */
export async function readBarsParquet(source: SourceFile): Promise<ReadColumns> {
  const { file } = source;
  const columns = await withDuckDb(async (connection) => {
    const described = await describe(connection, file);
    const layout = barLayout([...described.keys()], file);
    const [...named] = described.entries();
    const select = roles.map((role) => selectColumn(role, ...named[layout[role]]));
    const result = await connection.stream(`select ${select.join(', ')} from read_parquet($1)`, [literalPattern(file)]);
    const read = await readDoubles(result, roles);
    if (!/^(?:TIMESTAMP|DATE)/.test(named[layout.timeMs][1])) epochToMs(read['timeMs']);
    return read;
  });
  // DuckDB opens the file itself: what it read must be what was hashed.
  if (sha256(readSourceFile(file).bytes) !== source.contentHash) {
    throw new DeskError('DataUnavailable', 'the file was changed while it was read', { file });
  }
  return { ...(columns as Record<ColumnRole, Float64Array>), rowOf: rowAfterHeader, rowErrors: [] };
}

/** Column types by name, in the order of the file. */
async function describe(connection: DuckDBConnection, file: string): Promise<Map<string, string>> {
  try {
    const result = await connection.run('select * from read_parquet($1) limit 0', [literalPattern(file)]);
    return new Map(result.columnNames().map((name, index) => [name, String(result.columnTypes()[index])]));
  } catch (cause) {
    throw noParquet(file, cause);
  }
}

const noParquet = (file: string, cause: unknown) =>
  new DeskError('BadInput', 'this is no Parquet file', {
    file,
    expected: 'a whole Parquet file',
    found: cause instanceof Error ? cause.message : String(cause),
    cause,
  });

function selectColumn(role: ColumnRole, name: string, type: string): string {
  const column = sqlName(name);
  if (role !== 'timeMs' || !/^(?:TIMESTAMP|DATE)/.test(type)) return `try_cast(${column} as double)`;
  return `epoch_us(${column}) / 1000.0`; // no cast: casts go through the machine's time zone
}

/**
 * Writes checked bars as Parquet (zstd, one row group): `timestamp` in epoch ms as BIGINT, the rest as DOUBLE, and where
 * they came from as metadata.
 */
export async function writeBarsParquet(
  file: string,
  columns: BarColumns,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const { DuckDBDataChunk, DOUBLE } = await import('@duckdb/node-api');
  await withDuckDb(async (connection) => {
    await connection.run(`create table bars (${roles.map((role) => `${sqlName(role)} double`).join(', ')})`);
    const appender = await connection.createAppender('bars');
    const types = roles.map(() => DOUBLE);
    for (let from = 0; from < columns.timeMs.length; from += chunkRows) {
      const part = roles.map((role) => Array.from(columns[role].subarray(from, from + chunkRows)));
      const chunk = DuckDBDataChunk.create(types, part[0].length);
      chunk.setColumns(part);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const values = Object.entries(metadata).map(([key, value]) => `${sqlName(key)}: ${sqlText(value)}`);
    await connection.run(
      `copy (select timeMs::bigint as timestamp, ${barFields.join(', ')} from bars) to ${sqlText(file)}
       (format parquet, compression zstd, parquet_version v2, row_group_size 1000000, kv_metadata {${values.join(', ')}})`,
    );
  });
}

/** DuckDB's vector size, the most rows of a chunk. */
const chunkRows = 2048;

/** Metadata written beside the bars. */
export async function readParquetMetadata(file: string): Promise<Record<string, string>> {
  return withDuckDb(async (connection) => {
    const sql = 'select decode(key), decode(value) from parquet_kv_metadata($1)';
    const result = await connection.runAndReadAll(sql, [literalPattern(file)]).catch((cause: unknown) => {
      throw noParquet(file, cause);
    });
    return Object.fromEntries(result.getRows().map(([key, value]) => [String(key), String(value)]));
  });
}

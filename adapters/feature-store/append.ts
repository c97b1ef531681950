import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/** DuckDB's vector size, the most rows of a chunk. */
const chunkRows = 2048;

export type AppendedColumn = Readonly<{ type: 'varchar' | 'bigint' | 'double'; at: (row: number) => DuckDBValue }>;

/** Fills an existing table with `rows` rows, a column at a time. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  { rows, columns }: Readonly<{ rows: number; columns: readonly AppendedColumn[] }>,
): Promise<void> {
  const { BIGINT, DOUBLE, DuckDBDataChunk, VARCHAR } = await import('@duckdb/node-api');
  const types = { varchar: VARCHAR, bigint: BIGINT, double: DOUBLE };
  const appender = await connection.createAppender(table);
  for (let from = 0; from < rows; from += chunkRows) {
    const length = Math.min(chunkRows, rows - from);
    const chunk = DuckDBDataChunk.create(
      columns.map(({ type }) => types[type]),
      length,
    );
    chunk.setColumns(columns.map(({ at }) => Array.from({ length }, (_, i) => at(from + i))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

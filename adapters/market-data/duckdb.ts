import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';

/** More is not needed for one file of bars; DuckDB would else take 80 % of the machine. */
const settings = { threads: '2', memory_limit: '1GB' };

/**
 * Runs statements in a fresh in-memory database. DuckDB is loaded here and only when it is needed: its library takes
 * 40 ms and 30 MB, which no thread that reads from the column cache pays.
 */
export async function withDuckDb<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', settings);
  try {
    const connection = await instance.connect();
    try {
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** A file's name as read_parquet takes it: a pattern that matches only this name. */
export const literalPattern = (file: string): string => file.replaceAll(/[*?[]/g, (special) => `[${special}]`);

/** A text inside an SQL statement. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name inside an SQL statement. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Columns of a result as float64, missing values as NaN. */
export async function readDoubles(
  result: DuckDBResult,
  names: readonly string[],
): Promise<Record<string, Float64Array>> {
  const parts: Float64Array[][] = names.map(() => []);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [index, list] of parts.entries()) {
      list.push(
        Float64Array.from(chunk.getColumnValues(index), (value) => (value === null ? Number.NaN : Number(value))),
      );
    }
  }
  return Object.fromEntries(names.map((name, index) => [name, concatenate(parts[index])]));
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

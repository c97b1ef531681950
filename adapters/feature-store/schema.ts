import type { DuckDBConnection } from '@duckdb/node-api';
import { DeskError } from '../../core/errors.ts';
import { inTransaction } from './transaction.ts';

/** What this code reads and writes; a newer one is refused. */
const schemaVersion = 1;

/** Makes the tables where there are none, whole or not at all, and refuses those of a newer version. */
export async function ensureSchema(connection: DuckDBConnection, file: string): Promise<void> {
  await inTransaction(connection, async () => {
    // Times are epoch milliseconds, so that no time zone is ever converted.
    await connection.run('create table if not exists meta (schema_version integer not null)');
    await connection.run(`create table if not exists feature_values (
      feature varchar not null, entity varchar not null, event_at bigint not null, known_at bigint not null,
      value double not null, primary key (feature, entity, event_at, known_at))`);
    await connection.run(`insert into meta select ${schemaVersion} where not exists (from meta)`);
  });
  const versions = await connection.runAndReadAll('select max(schema_version) from meta');
  const found = Number(versions.value(0, 0));
  if (found === schemaVersion) return;
  throw new DeskError('StoreTooNew', 'the feature store was written by a newer version', {
    file,
    expected: `schema version ${schemaVersion}`,
    found: `${found}`,
  });
}

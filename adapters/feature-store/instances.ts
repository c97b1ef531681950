import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DeskError } from '../../core/errors.ts';
import type { FeatureStorePlace } from '../../core/ports/feature-store.ts';
import { ensureSchema } from './schema.ts';

/** An open database: connections for calls, and a queue that writers go through one at a time. */
export type Database = Readonly<{
  withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  inTurn<T>(write: () => Promise<T>): Promise<T>;
  close(): void;
}>;

/**
 * One instance a file and process, for good. A second one would share the system's lock, and closing either gives that
 * lock away (POSIX), after which another process could write into the same file.
 */
const instances = new Map<string, Promise<Database>>();

/** The database of the place: a new one in memory, or this process's only one of the file. */
export async function openDatabase(place: FeatureStorePlace): Promise<Database> {
  if (!isMainThread)
    throw new DeskError('Internal', 'a feature store is opened on the main thread only', { file: place.path });
  if (place.path === ':memory:') return create(place.path, place);
  const file = realFile(place.path);
  const open = instances.get(file);
  if (open !== undefined) return open;
  const opening = create(file, place);
  instances.set(file, opening);
  try {
    return await opening;
  } catch (thrown) {
    instances.delete(file);
    throw thrown;
  }
}

/** Closes every file's database, after what runs in it. */
export async function closeDatabases(): Promise<void> {
  const open = [...instances.values()];
  instances.clear();
  for (const database of await Promise.allSettled(open)) if (database.status === 'fulfilled') database.value.close();
}

/** Closes a database that is of no more use, so that the next call opens its file again. */
export function forgetDatabase(database: Database): void {
  for (const [file, open] of instances) {
    void open.then((same) => same === database && instances.delete(file));
  }
  database.close();
}

/** The same file by whatever name: links resolved, its folder made where there is none. */
function realFile(path: string): string {
  try {
    const folder = dirname(resolve(path));
    mkdirSync(folder, { recursive: true });
    return existsSync(path) ? realpathSync(path) : join(realpathSync(folder), basename(path));
  } catch (cause) {
    throw unavailable(path, cause);
  }
}

async function create(file: string, { threads, memoryLimitMb }: FeatureStorePlace): Promise<Database> {
  const settings = {
    threads: `${threads}`,
    memory_limit: `${memoryLimitMb}MB`,
    // Nothing is fetched from the network: what is needed is built in.
    autoinstall_known_extensions: 'false',
  };
  const { DuckDBInstance: duckDb } = await import('@duckdb/node-api');
  let instance: DuckDBInstance;
  try {
    instance = await duckDb.create(file, settings);
  } catch (cause) {
    throw unavailable(file, cause);
  }
  const database = databaseOf(instance);
  try {
    await database.withConnection((connection) => ensureSchema(connection, file));
    return database;
  } catch (thrown) {
    instance.closeSync();
    throw thrown;
  }
}

function databaseOf(instance: DuckDBInstance): Database {
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    async withConnection(work) {
      const connection = await instance.connect();
      try {
        return await work(connection);
      } finally {
        connection.closeSync();
      }
    },
    inTurn(write) {
      const turn = lastWrite.then(write);
      // Whoever waits does not fail with the one before; each caller has its own refusal.
      lastWrite = turn.catch(() => undefined);
      return turn;
    },
    close: () => instance.closeSync(),
  };
}

function unavailable(file: string, cause: unknown): DeskError {
  const found = cause instanceof Error ? cause.message : String(cause);
  if (/could not set lock/i.test(found)) {
    const expected = 'one process to a store: others read a Parquet export of it';
    return new DeskError('StoreUnavailable', 'another process has this feature store open', {
      file,
      expected,
      found,
      cause,
    });
  }
  const expected = 'a DuckDB file, or a new one in a folder that can be written';
  return new DeskError('StoreUnavailable', 'the feature store cannot be opened', { file, expected, found, cause });
}

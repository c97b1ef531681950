import type { Store } from '../../../core/ports/store.ts';
import { sqlStore } from '../sql/sql-store.ts';
import type { Limits } from './connection.ts';
import { openDatabase } from './database.ts';

/** The shared store: a schema of its own in a PostgreSQL database (12 or newer), any number of machines. */
export const openPostgresStore = async (url: string, limits: Partial<Limits> = {}): Promise<Store> =>
  sqlStore(await openDatabase(url, limits));

import type { Store } from '../../../core/ports/store.ts';
import { sqlStore } from '../sql/sql-store.ts';
import { openDatabase } from './database.ts';

/** The embedded store: one SQLite file, any number of processes. */
export const openSqliteStore = (file: string): Store => sqlStore(openDatabase(file));

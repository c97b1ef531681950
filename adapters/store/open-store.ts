import { databaseUrl } from '../../config/paths.ts';
import type { Store } from '../../core/ports/store.ts';
import { storeFile } from './places.ts';

/**
 * The desk's store: the PostgreSQL database that DATABASE_URL names, else the SQLite file of the state folder. Each
 * driver is loaded only where it is used.
 */
export async function openStore(): Promise<Store> {
  const url = databaseUrl();
  if (url !== undefined) return (await import('./postgres/index.ts')).openPostgresStore(url);
  return (await import('./sqlite/index.ts')).openSqliteStore(storeFile());
}

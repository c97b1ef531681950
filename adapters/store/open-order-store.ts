import { databaseUrl } from '../../config/paths.ts';
import type { OrderStore } from '../../core/ports/order-store.ts';
import { orderStoreFile } from './places.ts';

/**
 * What the desk knows of its orders: in the PostgreSQL database that DATABASE_URL names, else in a SQLite file of the
 * state folder, apart from the desk's other memory. Durable to the disk when a call returns; a PostgreSQL that would
 * answer before that is refused. `verify` reads the whole file first and refuses a damaged one (a PostgreSQL sees to
 * its own pages): who sends orders by it wants that, `halt` must not be kept from its work by it.
 */
export async function openOrderStore({ verify = false }: Readonly<{ verify?: boolean }> = {}): Promise<OrderStore> {
  const url = databaseUrl();
  if (url !== undefined) return (await import('./postgres/index.ts')).openPostgresOrderStore(url);
  return (await import('./sqlite/index.ts')).openSqliteOrderStore(orderStoreFile(), { verify });
}

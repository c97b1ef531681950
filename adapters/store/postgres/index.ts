import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { Store } from '../../../core/ports/store.ts';
import { orderStore } from '../orders/order-store.ts';
import { sqlStore } from '../sql/sql-store.ts';
import type { Limits } from './connection.ts';
import { openDatabase } from './database.ts';
import { storeSchema } from './migrations.ts';
import { orderSchema } from './order-tables.ts';

/** The shared store: a schema of its own in a PostgreSQL database (12 or newer), any number of machines. */
export const openPostgresStore = async (url: string, limits: Partial<Limits> = {}): Promise<Store> =>
  sqlStore(await openDatabase(url, limits, storeSchema));

/**
 * The shared order store: another schema of the same database, with a lock of its own, so that no other writer of the
 * desk ever keeps an order waiting. Refused where a commit is answered before it is on the disk.
 */
export const openPostgresOrderStore = async (url: string, limits: Partial<Limits> = {}): Promise<OrderStore> =>
  orderStore(await openDatabase(url, limits, orderSchema));

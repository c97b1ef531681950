import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { Store } from '../../../core/ports/store.ts';
import { orderStore } from '../orders/order-store.ts';
import { sqlStore } from '../sql/sql-store.ts';
import { type OpenFile, openDatabase } from './database.ts';
import { storeSchema } from './migrations.ts';
import { orderSchema } from './order-tables.ts';

/** The embedded store: one SQLite file, any number of processes. */
export const openSqliteStore = (file: string): Store => sqlStore(openDatabase(file, storeSchema));

/** The embedded order store: a file of its own, so that no other writer of the desk ever keeps an order waiting. */
export const openSqliteOrderStore = (file: string, options: OpenFile = {}): OrderStore =>
  orderStore(openDatabase(file, orderSchema, options));

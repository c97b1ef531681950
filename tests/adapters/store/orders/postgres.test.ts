import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { orderStore } from '../../../../adapters/store/orders/order-store.ts';
import { openDatabase } from '../../../../adapters/store/postgres/database.ts';
import { openPostgresOrderStore, openPostgresStore } from '../../../../adapters/store/postgres/index.ts';
import { storeSchema } from '../../../../adapters/store/postgres/migrations.ts';
import { orderSchema } from '../../../../adapters/store/postgres/order-tables.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { failingAt } from '../../../contracts/failing-database.ts';
import { groupOfVersion2, stored } from '../../../contracts/order-fixtures.ts';
import { orderStoreContract } from '../../../contracts/order-store.ts';
import { needsPostgres } from '../../../needs-postgres.ts';

const server = needsPostgres({ durable: true });
const folder = mkdtempSync(join(tmpdir(), 'nightdesk-orders-pg-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

orderStoreContract('postgres', async () => {
  const url = await server().newDatabase();
  return {
    store: await openPostgresOrderStore(url),
    second: () => openPostgresOrderStore(url),
    failingAt: async (n) => orderStore(failingAt(n, await openDatabase(url, {}, orderSchema))),
  };
});

const nameOf = (url: string) => new URL(url).pathname.slice(1);

describe('durability', () => {
  /** Sets something for the desk's user, as an administrator may, and takes it back. */
  async function withSetting(setting: string, work: () => Promise<void>): Promise<void> {
    const [name = ''] = setting.split(' ');
    await server().sql([`ALTER SYSTEM SET ${setting}`, 'SELECT pg_reload_conf()']);
    try {
      await expect.poll(async () => (await server().sql([`SHOW ${name}`]))[0]?.[name]).toBe(setting.split(' = ')[1]);
      await work();
    } finally {
      await server().sql([`ALTER SYSTEM RESET ${name}`, 'SELECT pg_reload_conf()']);
    }
  }

  test.each(['synchronous_commit = off', 'synchronous_commit = local', 'synchronous_commit = remote_write'])(
    'a server with %s is refused by that name, also by who has the store open',
    async (setting) => {
      const url = await server().newDatabase();
      const open = await openPostgresOrderStore(url);
      const refused = {
        code: 'StoreUnavailable',
        message: expect.stringContaining('synchronous_commit'),
        place: { found: expect.stringContaining(setting.split(' = ')[1] ?? '') },
      };
      await withSetting(setting, async () => {
        await expect(openPostgresOrderStore(url)).rejects.toMatchObject(refused);
        await expect(stored(open, 'a')).rejects.toMatchObject(refused);
        (await openPostgresStore(url)).close(); // validations can be done again
      });
      await stored(open, 'a');
      expect(await open.orders({})).toHaveLength(1);
      open.close();
    },
  );

  test('a role that commits without waiting is refused although its server waits', async () => {
    const url = await server().newDatabase();
    await server().sql([`ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`]);
    await expect(openPostgresOrderStore(url)).rejects.toMatchObject({
      message: expect.stringContaining('synchronous_commit'),
    });
    expect(await server().sql([`SELECT to_regnamespace('nightdesk_orders') AS schema`], nameOf(url))).toEqual([
      { schema: null },
    ]);
  });
});

describe('a server without fsync', () => {
  const careless = needsPostgres();

  test('is refused by that name', async () => {
    await expect(openPostgresOrderStore(await careless().newDatabase())).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: "orders cannot be kept here: PostgreSQL's fsync is not on",
      place: { found: expect.stringContaining('off (127.0.0.1:') },
    });
  });
});

describe('one database', () => {
  test('holds both stores, and a writer of validations keeps no order waiting', async () => {
    const url = await server().newDatabase();
    const [desk, orders] = [await openPostgresStore(url), await openPostgresOrderStore(url, { lockMs: 200 })];
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query(`BEGIN; SELECT pg_advisory_xact_lock(${storeSchema.writerLock})`);
    await stored(orders, 'a');
    await other.query(`COMMIT; BEGIN; SELECT pg_advisory_xact_lock(${orderSchema.writerLock})`);
    await expect(stored(orders, 'b')).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(await orders.orders({})).toHaveLength(1); // readers do not wait
    await other.end();
    desk.close();
    orders.close();
  });

  test('of an older version learns whose its groups are', async () => {
    const url = await server().newDatabase();
    const old = { ...orderSchema, steps: orderSchema.steps.slice(0, 2) };
    (await openDatabase(url, {}, old)).close();
    await server().sql(['SET search_path TO nightdesk_orders', ...groupOfVersion2], nameOf(url));
    const store = await openPostgresOrderStore(url);
    await stored(store, 'netted', { book: 'group-1' });
    for (const book of ['STR-001', 'STR-002']) expect(await store.orders({ book })).toHaveLength(1);
    expect(await store.orders({ book: 'STR-003' })).toEqual([]);
    store.close();
  });

  test('of a newer version is refused', async () => {
    const url = await server().newDatabase();
    (await openPostgresOrderStore(url)).close();
    await server().sql(['UPDATE nightdesk_orders.store_version SET version = 99'], nameOf(url));
    await expect(openPostgresOrderStore(url)).rejects.toMatchObject({ code: 'StoreTooNew' });
  });

  test('has the same tables and columns as the SQLite file', async () => {
    const url = await server().newDatabase();
    (await openPostgresOrderStore(url)).close();
    const ours = await server().sql(
      [
        `SELECT table_name || '.' || column_name || ' ' || (CASE is_nullable WHEN 'YES' THEN 'NULL' ELSE 'NOT NULL' END)
           AS name FROM information_schema.columns WHERE table_schema = 'nightdesk_orders' AND table_name <> 'store_version'`,
      ],
      nameOf(url),
    );
    const file = join(folder, 'orders.sqlite');
    openSqliteOrderStore(file).close();
    const sqlite = new DatabaseSync(file);
    const theirs = sqlite
      .prepare(
        `SELECT m.name || '.' || c.name || ' ' || iif(c."notnull" OR c.pk > 0, 'NOT NULL', 'NULL') AS name
         FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
      )
      .all();
    sqlite.close();
    const names = (rows: readonly Record<string, unknown>[]) => rows.map(({ name }) => String(name)).toSorted();
    expect(names(ours)).toEqual(names(theirs));
    expect(names(ours).length).toBeGreaterThan(80);
  });
});

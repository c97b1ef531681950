import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../../../adapters/store/postgres/index.ts';
import { storeSchema, storeVersion } from '../../../adapters/store/postgres/migrations.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { freePort } from '../../../adapters/temporal/server/ports.ts';
import { errorDocument } from '../../../core/errors.ts';
import { runStart, storeContract, strategyRecord, verdictRecord } from '../../contracts/store.ts';
import { trialLedgerContract } from '../../contracts/trial-ledger.ts';
import { needsPostgres } from '../../needs-postgres.ts';
import { postgresPassword } from '../../postgres-server.ts';
import { mountTinyDisk, noTinyDisk } from '../../tiny-disk.ts';

const server = needsPostgres();
const key = { runId: 'r1', strategyId: 'STR-001', tier: 'L0' } as const;

const openNew = async () => openPostgresStore(await server().newDatabase());
const nameOf = (url: string) => new URL(url).pathname.slice(1);

storeContract('postgres', openNew);
trialLedgerContract('postgres', openNew);

describe('schema versions', () => {
  test('workers that start at once on an empty database make one schema', async () => {
    const url = await server().newDatabase();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore(url)));
    await Promise.all(stores.map((store) => store.registerStrategies([strategyRecord('STR-001')], 1)));
    expect(await stores[3]?.queue()).toHaveLength(1);
    for (const store of stores) store.close();
    expect(await server().sql(['SELECT version FROM nightdesk.store_version'], nameOf(url))).toEqual([
      { version: storeVersion },
    ]);
  });

  test('a user who may not make the schema is told so', async () => {
    const url = await server().newDatabase();
    const name = nameOf(url);
    await server().sql(['CREATE ROLE poor LOGIN', `ALTER ROLE poor PASSWORD 'x'`], name);
    const poor = new URL(url);
    [poor.username, poor.password] = ['poor', 'x'];
    await expect(openPostgresStore(poor.href)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('the user may not do that'),
    });
    expect(await server().sql([`SELECT to_regnamespace('nightdesk') AS schema`], name)).toEqual([{ schema: null }]);
  });

  test('a store of a newer version is refused and left as it is, also by who has it open', async () => {
    const url = await server().newDatabase();
    const old = await openPostgresStore(url);
    await server().sql(['UPDATE nightdesk.store_version SET version = 99'], nameOf(url));
    const tooNew = expect.objectContaining({ code: 'StoreTooNew' });
    await expect(openPostgresStore(url)).rejects.toEqual(tooNew);
    await expect(old.registerStrategies([strategyRecord('STR-001')], 1)).rejects.toEqual(tooNew);
    await expect(old.queue()).rejects.toEqual(tooNew);
    old.close();
    expect(
      await server().sql(
        ['SELECT version, (SELECT count(*) FROM nightdesk.queue) AS n FROM nightdesk.store_version'],
        nameOf(url),
      ),
    ).toEqual([{ version: 99, n: '0' }]);
  });

  test('a schema of another program is refused and left as it is', async () => {
    const url = await server().newDatabase();
    await server().sql(['CREATE SCHEMA nightdesk', 'CREATE TABLE nightdesk.recipes (name TEXT)'], nameOf(url));
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(await server().sql([`SELECT tablename FROM pg_tables WHERE schemaname = 'nightdesk'`], nameOf(url))).toEqual(
      [{ tablename: 'recipes' }],
    );
  });

  test('a database that cannot hold every character is refused', async () => {
    const url = await server().newDatabase(`ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    await expect(openPostgresStore(url)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      place: { expected: 'a database in UTF8' },
    });
  });

  test('both stores have the same tables and columns', async () => {
    const url = await server().newDatabase();
    (await openPostgresStore(url)).close();
    const ours = await server().sql(
      [
        `SELECT table_name || '.' || column_name || ' ' || (CASE is_nullable WHEN 'YES' THEN 'NULL' ELSE 'NOT NULL' END)
           AS name FROM information_schema.columns WHERE table_schema = 'nightdesk' AND table_name <> 'store_version'`,
      ],
      nameOf(url),
    );
    const file = join(server().newFolder(), 'desk.sqlite');
    openSqliteStore(file).close();
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
    expect(names(ours).length).toBeGreaterThan(60);
  });
});

describe('text', () => {
  const ids = ['STR-b', 'STR-A', 'STR-Z', 'STR-ä', 'STR-a', 'STR-1', 'STR-_'];

  test('is ordered by its bytes whatever language the server speaks', async () => {
    const store = await openPostgresStore(
      await server().newDatabase(`LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0`),
    );
    await store.registerStrategies(ids.map(strategyRecord), 1);
    const inBytes = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect((await store.queue()).map(({ strategyId }) => strategyId)).toEqual(inBytes);
    store.close();
  });

  test('may hold what PostgreSQL has no character for', async () => {
    const store = await openNew();
    await store.registerStrategies([{ ...strategyRecord('STR-001'), name: 'a\0b' }], 1);
    expect((await store.queue())[0]?.name).toBe('a\uFFFDb');
    store.close();
  });
});

describe('trouble', () => {
  /** What a person or a log could get to see of a failure. */
  const seen = (thrown: unknown) => `${inspect(thrown, { depth: 9 })} ${JSON.stringify(errorDocument(thrown))}`;

  async function refusal(url: string, limits = {}) {
    const thrown = await openPostgresStore(url, limits).then(
      (store) => store.close(),
      (failure: unknown) => failure,
    );
    const secrets = [postgresPassword, encodeURIComponent(postgresPassword)];
    expect(secrets.filter((secret) => seen(thrown).includes(secret))).toEqual([]);
    const { code, message, found = '' } = errorDocument(thrown);
    return { code, message, found };
  }

  test('what is no address of PostgreSQL is refused without being printed', async () => {
    const password = encodeURIComponent(postgresPassword);
    for (const url of [
      'nonsense',
      `mysql://desk:${password}@localhost/desk`,
      `desk:${password}@localhost/desk`,
      `postgres://desk:${password}@local host:x/desk`,
      `postgres://desk:12/${password}@localhost/desk`,
      `postgres://desk:12#${password}@localhost/desk`,
    ]) {
      expect(await refusal(url)).toMatchObject({ code: 'BadInput' });
    }
  });

  test('a server that is not there, does not answer, or does not know us is said with its place', async () => {
    const port = await freePort();
    const away = new URL(server().urlOf('postgres'));
    away.port = String(port);
    expect(await refusal(away.href)).toEqual({
      code: 'StoreUnavailable',
      message: 'the store did not answer: it cannot be reached',
      found: `connect ECONNREFUSED 127.0.0.1:${port} (127.0.0.1:${port}/postgres)`,
    });
    const stranger = new URL(server().urlOf('postgres'));
    stranger.password = `not ${postgresPassword}`;
    expect((await refusal(stranger.href)).message).toContain('it does not accept the user or the password');
    expect((await refusal(server().urlOf('nowhere'))).message).toContain('there is no such database');
    const silent = createServer(() => {}).listen(port, '127.0.0.1');
    expect(await refusal(away.href, { connectMs: 300 })).toMatchObject({ code: 'StoreUnavailable' });
    silent.close();
  });

  test('a database that may only be read gives what it has and takes nothing', async () => {
    const url = await server().newDatabase();
    const store = await openPostgresStore(url);
    await store.registerStrategies([strategyRecord('STR-001')], 1);
    store.close();
    await server().sql([`ALTER DATABASE ${nameOf(url)} SET default_transaction_read_only = on`]);
    const copy = await openPostgresStore(url);
    expect(await copy.queue()).toHaveLength(1);
    await expect(copy.registerStrategies([strategyRecord('STR-002')], 1)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('it may only be read'),
    });
    copy.close();
  });

  test('a writer waits for another only so long; readers do not wait', async () => {
    const url = await server().newDatabase();
    const store = await openPostgresStore(url, { lockMs: 200 });
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query(`BEGIN; SELECT pg_advisory_xact_lock(${storeSchema.writerLock})`);
    await expect(store.registerStrategies([strategyRecord('STR-001')], 1)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('another process held it for too long'),
    });
    expect(await store.queue()).toEqual([]);
    await other.end();
    await store.registerStrategies([strategyRecord('STR-001')], 1);
    expect(await store.queue()).toHaveLength(1);
    store.close();
  });

  test('calls wait for one of few connections, and none is lost by a refusal', async () => {
    const store = await openPostgresStore(await server().newDatabase(), { connections: 2 });
    const calls = Array.from({ length: 40 }, (_, n) =>
      n % 2 === 0
        ? store.registerStrategies([strategyRecord(`STR-${n}`)], 1)
        : store.beginValidation({ ...key, strategyId: `STR-${n}` }, 1),
    );
    const results = await Promise.allSettled(calls);
    const codes = results.map((result) => (result.status === 'rejected' ? errorDocument(result.reason).code : 'done'));
    expect(codes).toEqual(calls.map((_, n) => (n % 2 === 0 ? 'done' : 'NotFound')));
    expect(await store.queue()).toHaveLength(20);
    const [count] = await server().sql([
      `SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'nightdesk'
      AND datname = (SELECT datname FROM pg_database ORDER BY oid DESC LIMIT 1)`,
    ]);
    expect(Number(count?.['n'])).toBeLessThanOrEqual(2);
    store.close();
  });

  test('a server that went away is said, and found again when it is back, with all that was answered for', async () => {
    const store = await openNew();
    await store.registerStrategies([strategyRecord('STR-001')], 1);
    await server().restart(async () => {
      await expect(store.queue()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    });
    expect(await store.queue()).toHaveLength(1);
    await server().sql([`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nightdesk'`]);
    // The connection may be found dead when it is used; the call after it has a new one.
    const once = await store.queue().catch((thrown: unknown) => errorDocument(thrown).code);
    expect(Array.isArray(once) || once === 'StoreUnavailable').toBe(true);
    expect(await store.queue()).toHaveLength(1);
    store.close();
  });
});

describe('a full disk', () => {
  const disks: { unmount(): void }[] = [];
  afterAll(() => disks.forEach((disk) => disk.unmount()));

  test('refuses clearly, keeps what was there whole, and works again when there is room', async ({ skip }) => {
    const place = server().newFolder();
    const disk = mountTinyDisk(place, 40 * 1024);
    skip(disk === undefined, noTinyDisk);
    server().give(place);
    await server().sql([`CREATE TABLESPACE tiny LOCATION '${place}'`]);
    const url = await server().newDatabase('TABLESPACE tiny');
    const store = await openPostgresStore(url);
    await store.registerStrategies([strategyRecord('STR-001')], 1);
    await store.beginRun(runStart('r1', ['STR-001']));
    const ballast = join(place, 'ballast');
    const { bavail, bsize } = statfsSync(place);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 64 * 1024));
    const long = randomBytes(200_000).toString('hex'); // nothing that could be compressed
    await expect(store.recordVerdict(verdictRecord(key, { reason: long }))).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('its disk is full'),
    });
    expect(await store.verdicts('r1')).toEqual([]);
    expect(await store.trials('STR-001')).toBe(0);
    expect((await store.queue())[0]).toMatchObject({ status: 'QUEUED' });
    rmSync(ballast);
    await store.recordVerdict(verdictRecord(key, { reason: long }));
    expect(await store.verdicts('r1')).toHaveLength(1);
    store.close();
    await server().sql([`DROP DATABASE ${nameOf(url)} WITH (FORCE)`, 'CHECKPOINT', 'DROP TABLESPACE tiny']);
    if (disk !== undefined) disks.push(disk);
  });
});

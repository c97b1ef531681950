import { mkdtempSync, readFileSync, rmSync, statfsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { orderStore } from '../../../../adapters/store/orders/order-store.ts';
import { openDatabase } from '../../../../adapters/store/sqlite/database.ts';
import { openSqliteOrderStore, openSqliteStore } from '../../../../adapters/store/sqlite/index.ts';
import { orderSchema } from '../../../../adapters/store/sqlite/order-tables.ts';
import { failingAt } from '../../../contracts/failing-database.ts';
import {
  filledBy,
  fillOf,
  groupOfVersion2,
  idOf,
  noonMs,
  stored,
  submitOf,
  submitted,
} from '../../../contracts/order-fixtures.ts';
import { orderStoreContract } from '../../../contracts/order-store.ts';
import { mountTinyDisk, noTinyDisk } from '../../../tiny-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-orders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newFile = () => join(folder, `orders-${files++}.sqlite`);

orderStoreContract('sqlite', async () => {
  const file = newFile();
  return {
    store: openSqliteOrderStore(file),
    second: () => openSqliteOrderStore(file),
    failingAt: (n) => orderStore(failingAt(n, openDatabase(file, orderSchema))),
  };
});

describe('the file', () => {
  test('is written through to the disk at every commit', async () => {
    const database = openDatabase(newFile(), orderSchema);
    const pragma = (name: string) => database.read(({ row }) => row(`PRAGMA ${name}`));
    expect(await pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(await pragma('synchronous')).toEqual({ synchronous: 2 }); // FULL
    expect(await pragma('fullfsync')).toEqual({ fullfsync: 1 });
    database.close();
  });

  test('is not the store of validations, and neither is taken for the other', () => {
    const [orders, desk] = [newFile(), newFile()];
    openSqliteOrderStore(orders).close();
    openSqliteStore(desk).close();
    const strange = expect.objectContaining({ code: 'StoreUnavailable' });
    expect(() => openSqliteStore(orders)).toThrow(strange);
    expect(() => openSqliteOrderStore(desk)).toThrow(strange);
  });

  test('of an older version learns whose its groups are', async () => {
    const file = newFile();
    openDatabase(file, { ...orderSchema, steps: orderSchema.steps.slice(0, 2) }).close();
    const old = new DatabaseSync(file);
    for (const statement of groupOfVersion2) old.exec(statement);
    old.close();
    const store = openSqliteOrderStore(file);
    await stored(store, 'netted', { book: 'group-1' });
    for (const book of ['STR-001', 'STR-002']) expect(await store.orders({ book })).toHaveLength(1);
    expect(await store.orders({ book: 'STR-003' })).toEqual([]);
    store.close();
  });

  test('of a newer version is refused', () => {
    const file = newFile();
    openSqliteOrderStore(file).close();
    const future = new DatabaseSync(file);
    future.exec(`PRAGMA user_version = ${orderSchema.steps.length + 1}`);
    future.close();
    expect(() => openSqliteOrderStore(file)).toThrow(expect.objectContaining({ code: 'StoreTooNew' }));
  });
});

describe('a damaged file', () => {
  const wholeFile = async () => {
    const file = newFile();
    const store = openSqliteOrderStore(file);
    for (let n = 0; n < 60; n++) await stored(store, `n${n}`);
    store.close();
    return file;
  };
  const refused = (file: string) =>
    expect.objectContaining({ code: 'StoreUnavailable', place: expect.objectContaining({ file }) });

  test('that is sound opens, verified or not', async () => {
    const store = openSqliteOrderStore(await wholeFile(), { verify: true });
    expect(await store.orders({})).toHaveLength(60);
    store.close();
  });

  test.each([0.2, 0.5, 0.9])('cut off after %f of its pages is refused by name', async (share) => {
    const file = await wholeFile();
    truncateSync(file, Math.floor((statSync(file).size * share) / 4096) * 4096);
    expect(() => openSqliteOrderStore(file, { verify: true })).toThrow(refused(file));
  });

  test('with the head of any of its pages lost is refused by name', async () => {
    const file = await wholeFile();
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 4096) {
      const damaged = Buffer.from(whole);
      damaged.fill(0xff, at, at + 8);
      writeFileSync(file, damaged);
      expect(() => openSqliteOrderStore(file, { verify: true }), `page ${at / 4096 + 1}`).toThrow(refused(file));
    }
  });
});

describe('a full disk', () => {
  const place = join(folder, 'tiny');
  const disk = mountTinyDisk(place, 18 * 1024);
  afterAll(() => disk?.unmount());

  const leave = (freeBytes: number) => {
    rmSync(join(place, 'ballast'), { force: true });
    const { bavail, bsize } = statfsSync(place);
    writeFileSync(join(place, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
  };

  test('nearly full it submits only what reduces, and goes on with what is under way', async ({ skip }) => {
    skip(disk === undefined, noTinyDisk);
    const store = openSqliteOrderStore(join(place, 'reserve.sqlite'));
    const sent = await submitted(store, 'a');
    leave(15 * 1024 * 1024);
    const waiting = await stored(store, 'b');
    const full = { code: 'StoreUnavailable', message: expect.stringContaining('nearly full') };
    await expect(store.submitOnce(submitOf('b'), noonMs)).rejects.toMatchObject(full);
    expect(await store.order(idOf('b'))).toEqual(waiting); // nothing of it is written: it waits, and is not denied
    // A stop, a sale out of a position, a cancel, a fill, a halt: each is written.
    await stored(store, 'stop', { side: 'sell' });
    expect(await store.submitOnce(submitOf('stop', { reduces: true }), noonMs)).toMatchObject({ kind: 'won' });
    expect(await store.submitOnce(submitOf('a'), noonMs)).toMatchObject({ kind: 'lost' });
    expect(await store.apply(filledBy(sent, fillOf('1')))).toMatchObject({ kind: 'applied' });
    expect(await store.deny(idOf('b'), 'canceled', noonMs)).toMatchObject({ kind: 'denied' });
    await store.setMode(sent.intent.account, 'HALTED', { reason: 'full', by: 'tester', person: true }, noonMs, noonMs);
    await store.setMode(sent.intent.account, 'ACTIVE', { reason: 'room', by: 'tester', person: true }, noonMs, noonMs);
    rmSync(join(place, 'ballast'));
    await stored(store, 'c');
    expect(await store.submitOnce(submitOf('c'), noonMs)).toMatchObject({ kind: 'won' });
    store.close();
  });

  test('refuses new orders, shows what is there, and takes cancels again when there is room', async ({ skip }) => {
    skip(disk === undefined, noTinyDisk);
    const store = openSqliteOrderStore(join(place, 'orders.sqlite'));
    const sent = await submitted(store, 'a');
    leave(40 * 1024);
    let kept = 0;
    const refusal = await (async () => {
      for (; kept < 200; kept++) await stored(store, `n${kept}`, { reason: 'x'.repeat(4_000) });
    })().catch((thrown: unknown) => thrown);
    expect(refusal).toMatchObject({ code: 'StoreUnavailable', message: expect.stringContaining('disk') });
    // Whatever was answered for is there, whole, and what was refused is not.
    expect(await store.order(idOf('a'))).toEqual(sent);
    expect(await store.orders({})).toHaveLength(kept + 1);
    expect(await store.order(idOf(`n${kept}`))).toBeUndefined();
    rmSync(join(place, 'ballast'));
    expect(await store.apply(filledBy(sent, fillOf('1')))).toMatchObject({ kind: 'applied' });
    store.close();
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { storeVersion } from '../../../adapters/store/sqlite/migrations.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { mountTinyDisk, noTinyDisk } from '../../tiny-disk.ts';
import { runStart, storeContract, strategyRecord, verdictRecord } from '../../contracts/store.ts';
import { tried, trialLedgerContract } from '../../contracts/trial-ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newFile = () => join(folder, `store-${files++}.sqlite`);
const key = { runId: 'r1', strategyId: 'STR-001', tier: 'L0' } as const;

storeContract('sqlite', () => openSqliteStore(newFile()));
trialLedgerContract('sqlite', () => openSqliteStore(newFile()));

describe('schema versions', () => {
  const versionOne = readFileSync(new URL('version-1.sql', import.meta.url), 'utf8');

  test('a file of version 1 is brought to the newest one with all that it holds', async () => {
    const file = newFile();
    const old = new DatabaseSync(file);
    old.exec(versionOne);
    old.close();
    const store = openSqliteStore(file);
    expect(await store.queue()).toMatchObject([{ strategyId: 'STR-001', status: 'L0_PASSED', runId: 'old' }]);
    expect(await store.run('old')).toMatchObject({ state: 'done', alerts: [], queuedBefore: 0 });
    expect(await store.verdicts('old')).toMatchObject([{ verdict: { status: 'PASS' }, seconds: 0.25, timeouts: 0 }]);
    expect(await store.trials('STR-001')).toBe(3);
    await store.beginRun(runStart('new', ['STR-001']));
    expect((await store.beginValidation({ ...key, runId: 'new' }, 5)).trialsBefore).toBe(3);
    store.close();
    const now = new DatabaseSync(file);
    expect(now.prepare('PRAGMA user_version').get()).toEqual({ user_version: storeVersion });
    now.close();
  });

  test('trials of version 2 keep their number, and join the family of the strategy with their id', async () => {
    const file = newFile();
    const old = new DatabaseSync(file);
    old.exec(readFileSync(new URL('version-2.sql', import.meta.url), 'utf8'));
    old.close();
    const store = openSqliteStore(file);
    expect(await Promise.all(['STR-001', 'STR-002'].map((id) => store.trials(id)))).toEqual([3, 4]);
    expect(await store.verdicts('old')).toMatchObject([{ timeouts: 1 }]);
    expect(await store.run('open')).toMatchObject({ state: 'running', askedBy: '' });
    // Near copies of STR-001 and a descendant of STR-002 inherit what those have spent.
    const copy = tried('STR-777', { shape: tried('STR-001').shape });
    await store.registerStrategies([tried('STR-001'), copy, tried('STR-003', { parent: 'STR-002' })], 9);
    expect(await Promise.all(['STR-001', 'STR-777', 'STR-003'].map((id) => store.trials(id)))).toEqual([3, 3, 4]);
    // A run that the older version began ends in the new one.
    const open = { runId: 'open', strategyId: 'STR-002', tier: 'L0' } as const;
    expect(await store.beginValidation(open, 9)).toMatchObject({ trialsBefore: 4, history: { trials: 4, seen: [] } });
    await store.recordVerdict(verdictRecord(open));
    expect(await store.family({ strategyId: 'STR-003' }, 9)).toMatchObject({
      trials: 5,
      entries: [
        { by: ['unknown'], count: 1 },
        { by: [], count: 4, face: 'validate' },
      ],
    });
    store.close();
  });

  test('a file of a newer version is refused and left as it is', () => {
    const file = newFile();
    openSqliteStore(file).close();
    const future = new DatabaseSync(file);
    future.exec(`PRAGMA user_version = ${storeVersion + 1}`);
    future.close();
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'StoreTooNew' }));
    const after = new DatabaseSync(file);
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: storeVersion + 1 });
    after.close();
  });

  test('a database of another program is refused and left as it is', () => {
    const file = newFile();
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE recipes (name TEXT)');
    other.close();
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'StoreUnavailable' }));
    const after = new DatabaseSync(file);
    expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'recipes' }]);
    after.close();
  });
});

describe('trouble', () => {
  test('a file that is no database is refused and left as it is', () => {
    const file = newFile();
    writeFileSync(file, 'not a database, but long enough to be looked at '.repeat(100));
    const before = readFileSync(file);
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'StoreUnavailable' }));
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a folder that cannot be made is said', () => {
    const blocker = newFile();
    writeFileSync(blocker, '');
    expect(() => openSqliteStore(join(blocker, 'desk.sqlite'))).toThrow(
      expect.objectContaining({
        code: 'StoreUnavailable',
        place: expect.objectContaining({ file: join(blocker, 'desk.sqlite') }),
      }),
    );
  });

  const isRoot = process.getuid?.() === 0;
  test('a file that may not be written is said', ({ skip }) => {
    skip(isRoot, 'root may write everything');
    const file = newFile();
    openSqliteStore(file).close();
    chmodSync(file, 0o400);
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'StoreUnavailable' }));
  });

  test('what is committed is seen by a second process at once', async () => {
    const file = newFile();
    const [one, two] = [openSqliteStore(file), openSqliteStore(file)];
    await one.registerStrategies([strategyRecord('STR-001')], 1);
    expect(await two.queue()).toHaveLength(1);
    one.close();
    two.close();
  });
});

describe('a full disk', () => {
  const place = join(folder, 'tiny');
  const disk = mountTinyDisk(place, 512);
  afterAll(() => disk?.unmount());

  test('refuses clearly, keeps what was there whole, and works again when there is room', async ({ skip }) => {
    skip(disk === undefined, noTinyDisk);
    const file = join(place, 'desk.sqlite');
    const ballast = join(place, 'ballast');
    const store = openSqliteStore(file);
    await store.registerStrategies([strategyRecord('STR-001')], 1);
    await store.beginRun(runStart('r1', ['STR-001']));
    const free = 512 * 1024 - statSync(file).size - (existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, free - 80 * 1024)));
    const long = 'x'.repeat(200_000);
    await expect(store.recordVerdict(verdictRecord(key, { reason: long }))).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('disk'),
    });
    expect(await store.verdicts('r1')).toEqual([]);
    expect(await store.trials('STR-001')).toBe(0);
    expect((await store.queue())[0]).toMatchObject({ status: 'QUEUED' });
    rmSync(ballast);
    await store.recordVerdict(verdictRecord(key, { reason: long }));
    expect(await store.verdicts('r1')).toHaveLength(1);
    store.close();
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckDbFeatureStores } from '../../../adapters/feature-store/duckdb-feature-stores.ts';
import { sha256 } from '../../../adapters/hashing.ts';
import { withDuckDb } from '../../../adapters/market-data/duckdb.ts';
import type { FeatureRow } from '../../../core/ports/feature-store.ts';
import { duckdbStore } from '../../../plugins/fe/duckdb-store.ts';
import { effectOf, runEffect } from '../../../plugins/run-effect.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_duckdb_store';
const effect = effectOf(duckdbStore);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'feature-store-'));
});
afterAll(async () => {
  await duckDbFeatureStores.close();
  rmSync(folder, { recursive: true });
});

async function run(input: object, params: object = {}): Promise<Record<string, unknown>> {
  if (effect === undefined) throw new Error('an effect plugin acts');
  const call = deepFreeze({ input, params: { path: ':memory:', ...params } });
  const output = await runEffect(effect, { ...call, ports: { featureStores: duckDbFeatureStores } });
  expect(duckdbStore.output.safeParse(output).error?.issues ?? []).toEqual([]);
  return output;
}

let stores = 0;
const newFile = () => ({ path: join(folder, `${stores++}.duckdb`) });

const row = (changed: Partial<FeatureRow> = {}): FeatureRow => ({
  feature: 'rv',
  entity: 'BTC',
  eventAt: 1000,
  knownAt: 1100,
  value: 0.5,
  ...changed,
});

/** The rule itself: of what was visible, the newest event, then its latest version. */
function bruteForce(rows: readonly FeatureRow[], feature: string, { entity, asOf }: { entity: string; asOf: number }) {
  return rows
    .filter((r) => r.feature === feature && r.entity === entity && r.eventAt <= asOf && r.knownAt <= asOf)
    .toSorted((a, b) => b.eventAt - a.eventAt || b.knownAt - a.knownAt)[0];
}

describe('fe_duckdb_store', () => {
  // Brute force over the rows, as the catalogue gives it
  test.each(catalogueCases(id))('$name', async ({ input, params, output }) => {
    expectSubset(await run(input, params), output);
  });

  test('what was known at any moment is what brute force finds', async () => {
    const small = fc.integer({ min: 0, max: 12 });
    const rows = fc.uniqueArray(
      fc.record({
        feature: fc.constantFrom('rv', 'x/1'),
        entity: fc.constantFrom('BTC', "E'TH", '😀'),
        eventAt: small,
        knownAt: small,
        value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      }),
      { minLength: 1, maxLength: 60, selector: (r) => [r.feature, r.entity, r.eventAt, r.knownAt].join() },
    );
    const features = ['x/1', 'rv'];
    const points = ['BTC', "E'TH", '😀', 'SOL'].flatMap((entity) =>
      Array.from({ length: 14 }, (_, asOf) => ({ entity, asOf })),
    );
    // 100 sets of 56 points of 2 features: 11200 answers
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const answer = await run({ put: { rows: all }, asOf: { features, points } });
        const expected = points.map((point) => {
          const found = features.map((feature) => bruteForce(all, feature, point));
          const named = (field: 'value' | 'eventAt' | 'knownAt') =>
            Object.fromEntries(found.flatMap((r) => (r === undefined ? [] : [[r.feature, r[field]]])));
          const missing = features.filter((_, i) => found[i] === undefined);
          return { ...point, values: named('value'), eventAt: named('eventAt'), knownAt: named('knownAt'), missing };
        });
        expect(answer).toEqual({
          put: { inserted: all.length, unchanged: 0 },
          asOf: expect.objectContaining({ rows: expected }),
        });
      }),
    );
  }, 60_000);

  test('a put can be repeated, a correction hides nothing that is newer', async () => {
    const place = newFile();
    const rows = [row(), row({ eventAt: 2000, knownAt: 2100, value: 0.1 + 0.2 })];
    expect(await run({ rows }, { ...place, op: 'put' })).toEqual({ inserted: 2, unchanged: 0 });
    expect(await run({ rows: [...rows, row()] }, { ...place, op: 'put' })).toEqual({ inserted: 0, unchanged: 2 });
    await run({ rows: [row({ knownAt: 2500, value: 0.55 })] }, { ...place, op: 'put' });
    const ask = { features: ['rv', 'none'], points: [{ entity: 'BTC', asOf: 3000 }] };
    const answer = await run(ask, { ...place, op: 'asOf' });
    expect(answer).toMatchObject({
      rows: [{ values: { rv: 0.1 + 0.2 }, eventAt: { rv: 2000 }, missing: ['none'] }],
      warnings: [expect.stringMatching(/^none: /)],
    });
    const old = await run({ ...ask, maxAgeMs: { rv: 999 } }, { ...place, op: 'asOf' });
    expect(old).toMatchObject({ rows: [{ values: {}, missing: ['rv', 'none'] }] });
  });

  test('a history has one value an event, in the version of its moment', async () => {
    const place = newFile();
    // The last is known before its event: it is visible from the event on.
    const rows = [row(), row({ knownAt: 2500, value: 0.55 }), row({ eventAt: 2000, knownAt: 1500, value: 0.6 })];
    await run({ rows }, { ...place, op: 'put' });
    const history = (asOf: number) =>
      run({ feature: 'rv', entity: 'BTC', from: 0, to: 5000, asOf }, { ...place, op: 'history' });
    expect(await history(1999)).toEqual({ eventAt: [1000], value: [0.5], knownAt: [1100] });
    expect(await history(2000)).toEqual({ eventAt: [1000, 2000], value: [0.5, 0.6], knownAt: [1100, 1500] });
    expect(await history(9999)).toEqual({ eventAt: [1000, 2000], value: [0.55, 0.6], knownAt: [2500, 1500] });
  });

  test('exports the rows asked for, whole, and says what it wrote', async () => {
    const place = newFile();
    const rows = [row(), row({ feature: 'x', eventAt: 3000, knownAt: 1 }), row({ entity: 'ETH', eventAt: 2000 })];
    await run({ rows }, { ...place, op: 'put' });
    const all = await run({ file: 'sub/all.parquet' }, { ...place, op: 'export' });
    const bytes = readFileSync(join(folder, 'sub/all.parquet'));
    expect(all).toEqual({ path: 'sub/all.parquet', rows: 3, bytes: bytes.length, sha256: sha256(bytes) });
    expect(await run({ file: 'all.parquet', features: ['rv'], from: 1500 }, { ...place, op: 'export' })).toMatchObject({
      rows: 1,
    });
    const back = await withDuckDb(async (connection) => {
      const read = await connection.runAndReadAll(`from read_parquet('${join(folder, 'sub/all.parquet')}')`);
      return read.getRowObjectsJson();
    });
    expect(back).toEqual(
      [rows[0], rows[2], rows[1]].map((r) => ({
        feature: r.feature,
        entity: r.entity,
        event_at: `${r.eventAt}`,
        known_at: `${r.knownAt}`,
        value: r.value,
      })),
    );
    expect(readdirSync(join(folder, 'sub'))).toEqual(['all.parquet']);
  });

  test('describes what it holds, by name', async () => {
    const rows = [row(), row({ entity: 'ETH' }), row({ feature: 'a', eventAt: 7, knownAt: 9 })];
    expect(await run({ put: { rows }, describe: {} })).toMatchObject({
      describe: {
        schemaVersion: 1,
        features: [
          { feature: 'a', entities: 1, rows: 1, firstEventAt: 7, lastEventAt: 7, lastKnownAt: 9 },
          { feature: 'rv', entities: 2, rows: 2, firstEventAt: 1000, lastEventAt: 1000, lastKnownAt: 1100 },
        ],
      },
    });
    expect(await run({}, { op: 'describe' })).toEqual({ schemaVersion: 1, features: [] });
  });

  test('another value under a key refuses the whole put, by its row', async () => {
    const place = newFile();
    await run({ rows: [row()] }, { ...place, op: 'put' });
    const rows = [row({ feature: 'new' }), row({ value: 0.7 })];
    await expect(run({ rows }, { ...place, op: 'put' })).rejects.toMatchObject({
      code: 'BadInput',
      place: { path: 'input.put.rows[1]', found: expect.stringMatching(/"entity":"BTC".*0\.5 stored, 0\.7 given/) },
    });
    await expect(run({ put: { rows: [row({ value: 1 }), row({ value: 2 })] } })).rejects.toThrow(
      refusedAt(id, 'input.put.rows[1]'),
    );
    expect((await run({}, { ...place, op: 'describe' }))['features']).toHaveLength(1);
  });

  const rows = [row()];
  const points = [{ entity: 'BTC', asOf: 1 }];
  test.each<[string, object, object, string]>([
    ['what is not finite', { put: { rows: [row({ value: Number.NaN })] } }, {}, 'input.put.rows[0].value'],
    ['a time before 1970', { put: { rows: [row(), row({ eventAt: -1 })] } }, {}, 'input.put.rows[1].eventAt'],
    ['a time after all', { rows: [row({ knownAt: 8.64e15 + 2 })] }, { op: 'put' }, 'input.put.rows[0].knownAt'],
    ['a time between milliseconds', { rows: [row({ knownAt: 1.5 })] }, { op: 'put' }, 'input.put.rows[0].knownAt'],
    ['a bad feature', { rows: [row({ feature: "a'b" })] }, { op: 'put' }, 'input.put.rows[0].feature'],
    ['a long feature', { rows: [row({ feature: 'a'.repeat(129) })] }, { op: 'put' }, 'input.put.rows[0].feature'],
    ['no entity', { rows: [row({ entity: '' })] }, { op: 'put' }, 'input.put.rows[0].entity'],
    ['half a character', { rows: [row({ entity: '\ud800' })] }, { op: 'put' }, 'input.put.rows[0].entity'],
    ['no rows', { rows: [] }, { op: 'put' }, 'input.put.rows'],
    ['an unknown field', { rows, surplus: 1 }, { op: 'put' }, 'input.put.surplus'],
    ['an unknown step', { put: { rows }, surplus: {} }, {}, 'input.surplus'],
    ['the input of another operation', { rows }, { op: 'asOf' }, 'input'],
    [
      '501 features',
      { features: Array.from({ length: 501 }, (_, i) => `f${i}`), points },
      { op: 'asOf' },
      'input.asOf.features',
    ],
    [
      'a span that ends before it begins',
      { feature: 'rv', entity: 'x', from: 2, to: 1, asOf: 3 },
      { op: 'history' },
      'input.history.to',
    ],
    ['an export of another format', { file: 'x.csv' }, { op: 'export' }, 'input.export.file'],
    ['an export from memory to nowhere', { file: 'x.parquet' }, { op: 'export' }, 'input.export.file'],
    ['little memory', { describe: {} }, { memoryLimitMb: 63 }, 'params.memoryLimitMb'],
  ])('refuses %s and names the field', async (_, input, params, path) => {
    await expect(run(input, params)).rejects.toThrow(refusedAt(id, path));
  });

  test('refuses more values than an answer holds', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `f${i}`);
    const ask = { features: many, points: Array.from({ length: 10_001 }, () => points[0]) };
    await expect(run(ask, { op: 'asOf' })).rejects.toThrow(refusedAt(id, 'input.asOf.points'));
  });

  test.each(['../x.parquet', '/x.parquet', 'link/x.parquet', 'sub/../../x.parquet'])(
    'refuses to export to %s',
    async (file) => {
      const exportDir = mkdtempSync(join(folder, 'exports-'));
      symlinkSync(tmpdir(), join(exportDir, 'link'));
      await expect(run({ file }, { ...newFile(), op: 'export', exportDir })).rejects.toThrow(
        refusedAt(id, 'input.export.file'),
      );
    },
  );

  test('refuses a file that is no database, and leaves it', async () => {
    const path = join(folder, 'text.duckdb');
    writeFileSync(path, 'not a database '.repeat(1000));
    await expect(run({ describe: {} }, { path })).rejects.toMatchObject({
      code: 'StoreUnavailable',
      place: { file: path },
    });
    expect(readFileSync(path, 'utf8')).toMatch(/^not a database/);
  });
});

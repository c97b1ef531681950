import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckDbFeatureStores } from '../../adapters/feature-store/duckdb-feature-stores.ts';
import { duckdbStore } from '../../plugins/fe/duckdb-store.ts';
import { effectOf, runEffect } from '../../plugins/run-effect.ts';
import type { BenchRow } from '../measure.ts';
import { createDraws, listOf } from './plugin-case.ts';

const putRows = 100_000;
const asOfPoints = 10_000;
/** The size that the entry names: how many such puts a file holds, and the moments asked of it. */
const filePuts = 20;
const filePoints = 100_000;

const draws = createDraws(7);

/** The rows of one put, after those of `before` others. */
const rowsAfter = (before: number) =>
  listOf(putRows, (i) => ({
    feature: `f${i % 10}`,
    entity: 'BTC',
    eventAt: 1000 * (before * putRows + i),
    knownAt: 1000 * (before * putRows + i) + 100,
    value: draws.normal(),
  }));

const pointsWithin = (count: number, rows: number) =>
  listOf(count, () => ({ entity: 'BTC', asOf: draws.below(1000 * rows) }));

function act(path: string, input: object): Promise<object> {
  const effect = effectOf(duckdbStore);
  if (effect === undefined) throw new Error('fe_duckdb_store acts');
  return runEffect(effect, { input, params: { path }, ports: { featureStores: duckDbFeatureStores } });
}

/**
 * fe_duckdb_store: rows put in memory, then what was known at as many moments; and moments asked of a file of the size
 * that the entry names. Validation counts, as it acts.
 */
export async function featureStoreRows(): Promise<BenchRow[]> {
  const rows = rowsAfter(0);
  const points = pointsWithin(asOfPoints, putRows);
  const put = await secondsOf(() => act(':memory:', { put: { rows } }));
  const both = await secondsOf(() => act(':memory:', { put: { rows }, asOf: { features: ['f1'], points } }));
  const asked = await fileSeconds();
  await duckDbFeatureStores.close();
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  return [
    { what: `fe_duckdb_store put ${putRows} rows`, seconds: put, peakRssMb, goal: 'under 1000 ms' },
    { what: `fe_duckdb_store put them, as of ${asOfPoints} points`, seconds: both, peakRssMb },
    { what: `fe_duckdb_store as of ${filePoints} points in ${filePuts * putRows} rows`, seconds: asked, peakRssMb },
  ];
}

async function fileSeconds(): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-store-'));
  try {
    const path = join(folder, 'features.duckdb');
    for (let before = 0; before < filePuts; before += 1) await act(path, { put: { rows: rowsAfter(before) } });
    const points = pointsWithin(filePoints, filePuts * putRows);
    return await secondsOf(() => act(path, { asOf: { features: ['f1'], points } }));
  } finally {
    await duckDbFeatureStores.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run <= 3; run += 1) {
    const started = performance.now();
    await work();
    if (run > 0) seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}

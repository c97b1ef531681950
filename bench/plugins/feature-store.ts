import { duckDbFeatureStores } from '../../adapters/feature-store/duckdb-feature-stores.ts';
import { duckdbStore } from '../../plugins/fe/duckdb-store.ts';
import { effectOf, runEffect } from '../../plugins/run-effect.ts';
import type { BenchRow } from '../measure.ts';
import { createDraws, listOf } from './plugin-case.ts';

const putRows = 100_000;
const asOfPoints = 10_000;

/** fe_duckdb_store in memory: rows put, then what was known at as many moments; validation counts, as it acts. */
export async function featureStoreRows(): Promise<BenchRow[]> {
  const effect = effectOf(duckdbStore);
  if (effect === undefined) throw new Error('fe_duckdb_store acts');
  const draws = createDraws(7);
  const rows = listOf(putRows, (i) => ({
    feature: `f${i % 10}`,
    entity: 'BTC',
    eventAt: 1000 * i,
    knownAt: 1000 * i + 100,
    value: draws.normal(),
  }));
  const points = listOf(asOfPoints, () => ({ entity: 'BTC', asOf: draws.below(1000 * putRows) }));
  const act = (input: object) =>
    runEffect(effect, { input, params: { path: ':memory:' }, ports: { featureStores: duckDbFeatureStores } });
  const put = await secondsOf(() => act({ put: { rows } }));
  const both = await secondsOf(() => act({ put: { rows }, asOf: { features: ['f1'], points } }));
  await duckDbFeatureStores.close();
  const peakRssMb = process.resourceUsage().maxRSS / 1024;
  return [
    { what: `fe_duckdb_store put ${putRows} rows`, seconds: put, peakRssMb, goal: 'under 1000 ms' },
    { what: `fe_duckdb_store put them, as of ${asOfPoints} points`, seconds: both, peakRssMb },
  ];
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

/**
 * A process of its own that uses a feature store, for tests: says what it did, a line each, and then waits to be ended.
 * Arguments: the file, and `hold` (open, put a row), `fill` (put batches of 2000 rows until one is refused) or
 * `export` (the same, with a snapshot as s.parquet after each).
 */
import { duckDbFeatureStores } from '../../../adapters/feature-store/duckdb-feature-stores.ts';
import { DeskError } from '../../../core/errors.ts';

const [path = '', task] = process.argv.slice(2);
const place = { path, threads: 1, memoryLimitMb: 256 };
const batch = (number: number, size: number) =>
  Array.from({ length: size }, (_, i) => ({
    feature: 'f',
    entity: `e${i}`,
    eventAt: number,
    knownAt: number,
    value: Math.sin(i * number),
  }));

async function putBatch(number: number, size: number): Promise<void> {
  await duckDbFeatureStores.use(place, (store) => store.put(batch(number, size)));
  if (task === 'export') await duckDbFeatureStores.use(place, (store) => store.export({ file: 's.parquet' }));
  process.stdout.write(`put ${number}\n`);
}

try {
  if (task === 'hold') await putBatch(0, 1);
  else for (let number = 0; ; number++) await putBatch(number, 2_000);
} catch (thrown) {
  if (!(thrown instanceof DeskError)) throw thrown;
  process.stdout.write(`refused ${thrown.code}: ${thrown.message}\n`);
}
process.stdin.resume();

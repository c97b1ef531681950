/**
 * A process of its own that uses a feature store, for tests: says what it did, a line each, and then waits to be ended.
 * Arguments: the file, and `hold` (open, put a row) or `fill` (put batches of 2000 rows for ever).
 */
import { duckDbFeatureStores } from '../../../adapters/feature-store/duckdb-feature-stores.ts';

const [path = '', task] = process.argv.slice(2);
const place = { path, threads: 1, memoryLimitMb: 256 };
const batch = (number: number, size: number) =>
  Array.from({ length: size }, (_, i) => ({
    feature: 'f',
    entity: `e${i}`,
    eventAt: number,
    knownAt: number,
    value: i,
  }));

async function putBatch(number: number, size: number): Promise<void> {
  await duckDbFeatureStores.use(place, (store) => store.put(batch(number, size)));
  process.stdout.write(`put ${number}\n`);
}

if (task === 'fill') for (let number = 0; ; number++) await putBatch(number, 2_000);
await putBatch(0, 1);
process.stdin.resume();

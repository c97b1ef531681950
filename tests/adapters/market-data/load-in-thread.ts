/**
 * A process of column-cache.test.ts: loads the request of its argument in a thread, and prints what came and whether
 * DuckDB's library was loaded for it.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import type { MarketRequest } from '../../../core/ports/market-data.ts';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: JSON.parse(process.argv[2]) });
  worker.once('message', (message) => process.stdout.write(JSON.stringify(message)));
} else {
  const { dataHash, markets } = await loadMarkets(workerData as MarketRequest);
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  const duckdb = sharedObjects.some((name) => name.includes('duckdb'));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage({ dataHash, bars: markets[0].bars.timeMs.length, duckdb });
}

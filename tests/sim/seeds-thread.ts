import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from './simulate.ts';

/** Which seeds one thread runs: from, from + step, … below `to`. */
export type SeedShare = Readonly<{ from: number; to: number; step: number; bug?: string | undefined }>;

/** A seed that broke a rule, or what the thread did in all. */
export type SeedMessage =
  | Readonly<{ type: 'broken'; seed: number; rules: readonly string[] }>
  | Readonly<{ type: 'done'; seeds: number; accepted: number; fills: number; simulatedMs: number }>;

const { from, to, step, bug } = workerData as SeedShare;
const totals = { seeds: 0, accepted: 0, fills: 0, simulatedMs: 0 };
for (let seed = from; seed < to; seed += step) {
  const { breaches, accepted, fills, simulatedMs } = await simulate({ seed, bug });
  totals.seeds += 1;
  totals.accepted += accepted;
  totals.fills += fills;
  totals.simulatedMs += simulatedMs;
  if (breaches.length > 0) {
    const rules = breaches.map(({ rule, text }) => `${rule}: ${text}`);
    parentPort?.postMessage({ type: 'broken', seed, rules } satisfies SeedMessage, []);
  }
}
parentPort?.postMessage({ type: 'done', ...totals } satisfies SeedMessage, []);

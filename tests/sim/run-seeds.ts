import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SeedMessage, SeedShare } from './seeds-thread.ts';

export type BrokenSeed = Readonly<{ seed: number; rules: readonly string[] }>;

export type SeedTotals = Readonly<{
  seeds: number;
  accepted: number;
  fills: number;
  simulatedMs: number;
  broken: readonly BrokenSeed[];
}>;

/** Runs the seeds `from` to below `to`, spread over the cores; a seed does the same wherever it runs. */
export async function runSeeds(from: number, to: number, bug?: string): Promise<SeedTotals> {
  const threads = availableParallelism();
  const shares = Array.from({ length: threads }, (_, first) => ({ from: from + first, to, step: threads, bug }));
  const parts = await Promise.all(shares.map(runShare));
  const sum = (of: 'seeds' | 'accepted' | 'fills' | 'simulatedMs') => parts.reduce((all, part) => all + part[of], 0);
  return {
    seeds: sum('seeds'),
    accepted: sum('accepted'),
    fills: sum('fills'),
    simulatedMs: sum('simulatedMs'),
    broken: parts.flatMap(({ broken }) => broken).toSorted((a, b) => a.seed - b.seed),
  };
}

function runShare(share: SeedShare): Promise<SeedTotals> {
  const worker = new Worker(new URL('seeds-thread.ts', import.meta.url), { workerData: share });
  const broken: BrokenSeed[] = [];
  return new Promise((resolve, reject) => {
    worker.on('message', (message: SeedMessage) => {
      if (message.type === 'broken') broken.push(message);
      else resolve({ ...message, broken });
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('a thread of the simulation ended before its seeds')));
  });
}

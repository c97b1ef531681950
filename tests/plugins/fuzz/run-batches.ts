import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Batch } from './cases.ts';
import type { BatchResult } from './thread.ts';

export type Tally = Readonly<{ computed: number; refused: number }>;
export type FuzzResult = Readonly<{ tallies: ReadonlyMap<string, Tally>; failures: readonly string[] }>;

type Limits = Readonly<{ threads: number; timeLimitMs: number; heapMb: number }>;

/**
 * Runs batches on threads. A case that takes longer than the limit, or more memory, ends its thread and is a failure
 * like any other; another thread goes on with the next batch.
 */
export async function runBatches(batches: readonly Batch[], limits: Limits): Promise<FuzzResult> {
  const queue = [...batches];
  const tallies = new Map<string, Tally>();
  const failures: string[] = [];
  const count = ({ id, mode }: Batch, { computed, refused }: Tally) => {
    const key = `${id}/${mode}`;
    const before = tallies.get(key) ?? { computed: 0, refused: 0 };
    tallies.set(key, { computed: before.computed + computed, refused: before.refused + refused });
  };
  const work = async () => {
    let thread = await startThread(limits);
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const result = await thread.run(batch);
      if (typeof result === 'string') {
        failures.push(result);
        await thread.stop();
        thread = await startThread(limits);
      } else {
        count(batch, result);
        failures.push(...result.failures);
      }
    }
    await thread.stop();
  };
  await Promise.all(Array.from({ length: limits.threads }, work));
  return { tallies, failures };
}

async function startThread({ timeLimitMs, heapMb }: Limits) {
  const shared = new SharedArrayBuffer(4);
  const running = new Int32Array(shared);
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { running: shared },
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  await once(worker, 'message');
  /** The result of a batch, or which case did not end. */
  const run = (batch: Batch) =>
    new Promise<BatchResult | string>((settle) => {
      let last = -1;
      const settled = (result: BatchResult | string) => {
        clearInterval(watch);
        worker.off('message', settled);
        worker.off('error', died);
        settle(result);
      };
      const died = (error: Error) => ended(error.message);
      const ended = (why: string) => settled(`${batch.id}/${batch.mode}/${Atomics.load(running, 0)}: ${why}`);
      const watch = setInterval(() => {
        const now = Atomics.load(running, 0);
        if (now === last) ended(`not done after ${timeLimitMs} ms`);
        last = now;
      }, timeLimitMs);
      worker.once('message', settled);
      worker.once('error', died);
      Atomics.store(running, 0, batch.from);
      worker.postMessage(batch, []);
    });
  return { run, stop: () => worker.terminate() };
}

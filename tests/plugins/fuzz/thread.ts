import { parentPort, workerData } from 'node:worker_threads';
import type { Batch } from './cases.ts';
import { checkCase } from './check-case.ts';

/** Posted after each batch. */
export type BatchResult = Readonly<{ computed: number; refused: number; failures: readonly string[] }>;

// Which case is running, for whoever watches this thread from outside.
const running = new Int32Array((workerData as { running: SharedArrayBuffer }).running);

const answer = (message: BatchResult | 'ready') => parentPort?.postMessage(message, []);

parentPort?.on('message', ({ id, mode, from, count }: Batch) => {
  let [computed, refused] = [0, 0];
  const failures: string[] = [];
  for (let number = from; number < from + count; number++) {
    Atomics.store(running, 0, number);
    const outcome = checkCase(id, mode, number);
    if (outcome === 'computed') computed++;
    else if (outcome === 'refused') refused++;
    else failures.push(`${id}/${mode}/${number}: ${outcome.failure}`);
  }
  answer({ computed, refused, failures });
});

// Loading the plugins takes time too, which is none of theirs.
answer('ready');

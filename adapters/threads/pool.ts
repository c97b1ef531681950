import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { DeskError } from '../../core/errors.ts';
import { type ThreadAnswer, unwrap } from './answer.ts';

/** Threads that run one entry file: a default export made by `answering`. */
export type ThreadPool<Task, Result> = Readonly<{
  threads: number;
  /**
   * Runs one task on a free thread. Aborting it ends the thread at once (another takes its place): `Cancelled`.
   * A thread that dies of itself, by its heap or an exit, is `WorkerCrashed`.
   */
  run: (task: Task, options?: { signal?: AbortSignal }) => Promise<Result>;
  close: () => Promise<void>;
}>;

/** CPU work gets a thread a core. */
export const coreCount = (): number => availableParallelism();

/**
 * `entry` is a file of workers/threads/. All threads start at once, so that no task waits for one later. A thread whose
 * heap passes `heapMb` dies (`WorkerCrashed`); typed arrays are outside of the heap.
 */
export function createThreadPool<Task, Result>(
  entry: URL,
  threads: number = coreCount(),
  heapMb?: number,
): ThreadPool<Task, Result> {
  const piscina = new Piscina<Task, ThreadAnswer<Result>>({
    filename: entry.href,
    minThreads: threads,
    maxThreads: threads,
    ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
  });
  return {
    threads,
    async run(task, { signal } = {}) {
      let answer: ThreadAnswer<Result>;
      try {
        answer = await piscina.run(task, signal === undefined ? {} : { signal });
      } catch (thrown) {
        throw threadError(thrown, signal);
      }
      return unwrap(answer);
    },
    close: () => piscina.destroy(),
  };
}

function threadError(thrown: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return new DeskError('Cancelled', 'the work was stopped', { cause: thrown });
  if (!(thrown instanceof Error)) return thrown;
  const outOfMemory = 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (outOfMemory || thrown.message.startsWith('worker exited')) {
    return new DeskError('WorkerCrashed', thrown.message, { cause: thrown });
  }
  return thrown;
}

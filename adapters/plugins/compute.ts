import { DeskError } from '../../core/errors.ts';
import type { PluginCompute, PluginTask } from '../../core/ports/plugin-compute.ts';
import type { ThreadPool } from '../threads/pool.ts';

export type PluginThreads = ThreadPool<PluginTask, Readonly<Record<string, unknown>>>;

/** `heapMb`: of V8's old generation, as a thread can be held to; what typed arrays hold lies outside of it. */
export type PluginLimits = Readonly<{ timeLimitMs: number; heapMb: number }>;

/** What a plugin may take of a thread; the largest sizes that the catalogue names need a tenth of both. */
export const pluginLimits: PluginLimits = { timeLimitMs: 60_000, heapMb: 512 };

/**
 * The plugin port over threads that run workers/threads/plugin.ts, which start with the first plugin. The same input
 * would meet the same limit again, so both limits are failures that no retry repeats.
 */
export function createPluginCompute(
  openThreads: (heapMb: number) => PluginThreads,
  { timeLimitMs, heapMb }: PluginLimits = pluginLimits,
): PluginCompute {
  let threads: PluginThreads | undefined;
  return {
    async run(task, signal) {
      threads ??= openThreads(heapMb);
      const limit = AbortSignal.timeout(timeLimitMs);
      try {
        return await threads.run(task, { signal: AbortSignal.any([signal, limit]) });
      } catch (thrown) {
        if (limit.aborted && !signal.aborted) throw overLimit(task, 'time', `${timeLimitMs} ms`, thrown);
        if (isOutOfMemory(thrown)) throw overLimit(task, 'heap memory', `${heapMb} MB of heap`, thrown);
        throw thrown;
      }
    },
    close: async () => threads?.close(),
  };
}

const overLimit = ({ id }: PluginTask, what: string, limit: string, cause: unknown) =>
  new DeskError('ResourceExhausted', `${id}: over its limit of ${what}`, {
    path: 'input',
    expected: `a smaller input: at most ${limit}`,
    cause,
  });

const isOutOfMemory = (thrown: unknown): boolean =>
  thrown instanceof DeskError &&
  thrown.cause instanceof Error &&
  'code' in thrown.cause &&
  thrown.cause.code === 'ERR_WORKER_OUT_OF_MEMORY';

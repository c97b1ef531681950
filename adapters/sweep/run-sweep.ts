import { DeskError } from '../../core/errors.ts';
import type { ThreadPool } from '../threads/pool.ts';
import type { Checkpoint } from './checkpoint.ts';
import { boardPlaces, type SweepJob, type SweepTimes } from './job.ts';

/** What goes on beside the points. */
export type SweepWatch = Readonly<{
  /** Stops the sweep between two points; what is there is saved. */
  signal?: AbortSignal;
  onProgress?: (donePoints: number) => void;
  checkpoint?: Checkpoint;
  /** The sweep goes on without being saved. */
  onSaveFailed?: (thrown: unknown) => void;
}>;

const lookEveryMs = 100;
const saveEveryMs = 500;
/** Saving takes at most this share of the time, however large the sweep is. */
const savingShare = 0.05;

/**
 * Runs a sweep on the threads of a pool until all results are written. Every row depends on its point alone, so the
 * results are those of one thread. Stopped (`Cancelled`) or broken, it leaves its checkpoint.
 */
export async function runSweep(
  pool: ThreadPool<SweepJob, SweepTimes>,
  job: SweepJob,
  watch: SweepWatch = {},
): Promise<SweepTimes> {
  const { signal, onProgress } = watch;
  const { counters } = job.board;
  const stop = (): unknown => Atomics.store(counters, boardPlaces.stop, 1);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const saving = createSaving(watch);
  const timer = setInterval(() => {
    const donePoints = Atomics.load(counters, boardPlaces.donePoints);
    onProgress?.(donePoints);
    if (donePoints > 0) saving.look();
  }, lookEveryMs);
  try {
    const times = await Promise.all(Array.from({ length: job.threads }, () => pool.run(job)));
    const donePoints = Atomics.load(counters, boardPlaces.donePoints);
    if (donePoints < job.points.count) throw stopped(donePoints, job.points.count);
    return overall(times);
  } catch (thrown) {
    stop();
    saving.keep();
    throw thrown;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
    await saving.end();
  }
}

/** From the first thread's first point to the last thread's last. */
const overall = (times: readonly SweepTimes[]): SweepTimes => ({
  beganMs: Math.min(...times.map(({ beganMs }) => beganMs)),
  endedMs: Math.max(...times.map(({ endedMs }) => endedMs)),
});

const stopped = (done: number, of: number): DeskError =>
  new DeskError('Cancelled', `stopped after ${done} of ${of} points; --resume goes on from there`);

/** Saves in the background now and then; at the end what is unfinished is saved once more, what is finished removed. */
function createSaving({ checkpoint, onSaveFailed }: SweepWatch) {
  let nextMs = performance.now() + saveEveryMs;
  let running: Promise<void> | undefined;
  let wanted = checkpoint !== undefined;
  let unfinished = false;

  async function save(): Promise<void> {
    const beganMs = performance.now();
    try {
      await checkpoint?.save();
    } catch (thrown) {
      wanted = false;
      onSaveFailed?.(thrown);
    }
    nextMs = performance.now() + Math.max(saveEveryMs, (performance.now() - beganMs) / savingShare);
    running = undefined;
  }

  return {
    look() {
      if (wanted && running === undefined && performance.now() >= nextMs) running = save();
    },
    keep() {
      unfinished = true;
    },
    async end() {
      await running;
      if (unfinished && wanted) await save();
      if (!unfinished) checkpoint?.remove();
    },
  };
}

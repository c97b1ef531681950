import { basename } from 'node:path';
import type { JobProgress, ValidationJob } from '../../core/ports/validation-compute.ts';
import { loopNames } from '../../core/validation/loops.ts';
import { type Checkpoint, createCheckpoint, forgetCheckpoints, newCheckpointFile } from './checkpoint.ts';

/** What a thread is given to keep its rows and to say how far it is. */
export type JobCheckpoint = Readonly<{
  file: string;
  /** Shared memory: place of the loop in `loopNames` + 1 (0 before the first), rows done, rows in all. */
  progress: Float64Array;
}>;

type Work = Pick<ValidationJob, 'runId' | 'strategyId' | 'tier'>;

const subjectOf = ({ strategyId, tier }: Pick<Work, 'strategyId' | 'tier'>): string => `${strategyId}-${tier}`;

export const createJobCheckpoint = (work: Work): JobCheckpoint => ({
  file: newCheckpointFile(work.runId, subjectOf(work)),
  progress: new Float64Array(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT)),
});

/** The loops of a tier, kept in the checkpoint's file. */
export const loopsOf = ({ file, progress }: JobCheckpoint, work: Work, keyOf: () => string): Checkpoint =>
  createCheckpoint({
    file,
    runId: work.runId,
    subject: subjectOf(work),
    keyOf,
    onReached: (name, done, count) => progress.set([loopNames.indexOf(name) + 1, done, count]),
  });

/** How far the thread is, from any thread. */
export function progressOf({ file, progress: [place, done, count] }: JobCheckpoint): JobProgress {
  const name = loopNames[place - 1];
  return { checkpoint: basename(file), ...(name !== undefined && { loop: { name, done, count } }) };
}

export const forgetJobs = ({ runId, strategyId, tier }: Pick<Work, 'runId'> & Partial<Work>): void =>
  forgetCheckpoints(runId, strategyId && tier && subjectOf({ strategyId, tier }));

import type { Inspection, JobResult, ValidationCompute } from '../../core/ports/validation-compute.ts';
import type { InspectionRequest, ValidationJob } from '../../core/ports/validation-compute.ts';
import type { ThreadPool } from '../threads/pool.ts';
import { createJobCheckpoint, forgetJobs, type JobCheckpoint, progressOf } from './job-checkpoint.ts';

/** What a thread of the pool is sent: the field names the work. */
export type ValidationTask = Readonly<
  { inspect: InspectionRequest } | { validate: ValidationJob; checkpoint: JobCheckpoint }
>;

/** The compute port over a pool whose threads run workers/threads/validation.ts. */
export const createValidationCompute = (pool: ThreadPool<ValidationTask, unknown>): ValidationCompute => ({
  // A thread answers the task that it was sent; only the types are lost on the way.
  inspect: async (inspect, signal) => (await pool.run({ inspect }, { signal })) as Inspection,
  validate: async (validate, signal, watch) => {
    const checkpoint = createJobCheckpoint(validate);
    watch?.(() => progressOf(checkpoint));
    return (await pool.run({ validate, checkpoint }, { signal })) as JobResult;
  },
  forget: forgetJobs,
});

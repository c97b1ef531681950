/** Entry of the threads that validate: one task at a time, each on its own bars and strategy. */
import { answering } from '../../adapters/threads/answer.ts';
import type { ValidationTask } from '../../adapters/validation/compute.ts';
import { inspectStrategies } from '../../adapters/validation/inspect.ts';
import { runValidationJob } from '../../adapters/validation/run-job.ts';
import { strategiesFolder } from '../../config/paths.ts';
import type { Inspection, JobResult } from '../../core/ports/validation-compute.ts';
import { loadStrategyPlugins } from '../../plugins/strategy/load.ts';

export default answering((task: ValidationTask): Promise<Inspection | JobResult> =>
  'inspect' in task ? inspectStrategies(task.inspect, strategiesFolder(), loadStrategyPlugins) : timed(task),
);

/** The job's result with the CPU time of this thread; helpers of V8 (garbage, compilation) are not in it. */
async function timed({ validate, checkpoint }: Extract<ValidationTask, { validate: unknown }>): Promise<JobResult> {
  const began = process.threadCpuUsage();
  const result = await runValidationJob(validate, loadStrategyPlugins, checkpoint);
  const { user, system } = process.threadCpuUsage(began);
  return { ...result, cpuSeconds: (user + system) / 1e6 };
}

/** Entry of the threads that validate: one task at a time, each on its own bars and strategy. */
import { answering } from '../../adapters/threads/answer.ts';
import { inspectStrategies } from '../../adapters/validation/inspect.ts';
import { runValidationJob } from '../../adapters/validation/run-job.ts';
import { strategiesFolder } from '../../config/paths.ts';
import type { Inspection, JobResult } from '../../core/ports/validation-compute.ts';
import { loadStrategyPlugins } from '../../plugins/strategy/load.ts';
import type { ValidationTask } from '../../adapters/validation/compute.ts';

export default answering((task: ValidationTask): Promise<Inspection | JobResult> =>
  'inspect' in task
    ? inspectStrategies(task.inspect, strategiesFolder(), loadStrategyPlugins)
    : runValidationJob(task.validate, loadStrategyPlugins, task.checkpoint),
);

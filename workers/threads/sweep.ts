/** Entry of the threads of a sweep. */
import { answering } from '../../adapters/threads/answer.ts';
import type { SweepJob } from '../../adapters/sweep/job.ts';
import { workOnSweep } from '../../adapters/sweep/thread-work.ts';
import { loadStrategyPlugins } from '../../plugins/strategy/load.ts';

export default answering((job: SweepJob) => workOnSweep(job, loadStrategyPlugins));

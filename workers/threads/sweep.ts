/** Entry of the threads of a sweep. */
import { answering } from '../../adapters/threads/answer.ts';
import { workOnSweep } from '../../adapters/sweep/thread-work.ts';

export default answering(workOnSweep);

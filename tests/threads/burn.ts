/** A thread whose validations never end: they burn CPU without ever giving way, as a runaway strategy would. */
import { answering } from '../../adapters/threads/answer.ts';
import type { ValidationTask } from '../../adapters/validation/compute.ts';
import type { Inspection } from '../../core/ports/validation-compute.ts';

export default answering((task: ValidationTask): Inspection => {
  if ('validate' in task) for (let i = 0; ; i++) Math.sqrt(i);
  const record = (strategyId: string) => ({
    strategyId,
    name: 'Runaway',
    file: '/runaway.yaml',
    strategyHash: 'ef'.repeat(32),
    shape: 'runaway',
  });
  return { strategies: ['STR-101', 'STR-102'].map(record), problems: [] };
});

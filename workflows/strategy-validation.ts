import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { RecordActivities } from '../activities/run-records.ts';
import type { ValidationActivities, ValidationTask } from '../activities/validation.ts';
import { DeskError } from '../core/errors.ts';
import type { StrategyOutcome } from '../core/validation/run.ts';
import { computation, computeQueue, smallIo } from './activity-options.ts';
import { taskTimeMs } from './clock.ts';
import { documentOf, fatal, ranOutOfTime } from './failures.ts';
import { setSearchAttributes } from './search-attributes.ts';

/** One strategy's part of a run, fixed by the run's plan. */
export type StrategyValidationInput = Omit<ValidationTask, 'timeouts'> &
  Readonly<{ timeoutSeconds: number; searchAttributes: readonly string[] }>;

/** A strategy that runs into its time limit is tried so many times, each on a fresh thread. */
const tries = 2;

/**
 * Validates one strategy at one tier and returns how it ended; the verdict is in the store by then. It ends with a
 * verdict whatever happens (TIMEOUT, ERROR), except when it is cancelled: then the queue is as it was before.
 */
export async function strategyValidation(input: StrategyValidationInput): Promise<StrategyOutcome> {
  const { timeoutSeconds, searchAttributes, ...task } = partOfRun(input);
  const { runId, strategyId, tier } = task;
  const { taskQueue } = workflowInfo();
  const { validateStrategy } = proxyActivities<ValidationActivities>({
    ...computation(timeoutSeconds),
    taskQueue: computeQueue(taskQueue),
    summary: `${tier} of ${strategyId}`,
  });
  const { recordUnfinished, releaseStrategy } = proxyActivities<RecordActivities>(smallIo);
  const startedMs = taskTimeMs();

  const ended = (outcome: StrategyOutcome): StrategyOutcome => {
    const { status, seconds, reason } = outcome;
    if (status !== 'CANCELLED' && status !== 'SKIPPED') setSearchAttributes({ DeskStatus: status }, searchAttributes);
    setCurrentDetails(`**${tier} ${status}** in ${seconds.toFixed(2)} s${reason === '' ? '' : `\n\n${reason}`}`);
    return outcome;
  };

  for (let timeouts = 0; ;) {
    try {
      return ended(await validateStrategy({ ...task, timeouts }));
    } catch (thrown) {
      if (isCancellation(thrown)) {
        await CancellationScope.nonCancellable(() => releaseStrategy({ runId, strategyId, tier }));
        throw thrown;
      }
      if (ranOutOfTime(thrown)) timeouts++;
      if (ranOutOfTime(thrown) && timeouts < tries) continue;
      const error = documentOf(thrown);
      const seconds = (taskTimeMs() - startedMs) / 1_000;
      const record = () => recordUnfinished({ runId, strategyId, tier, error, timeouts, seconds });
      return ended(await CancellationScope.nonCancellable(record));
    }
  }
}

/** Only a run starts this workflow: its plan gives what is needed. By hand it is refused instead of left hanging. */
function partOfRun(input: StrategyValidationInput | undefined): StrategyValidationInput {
  if (typeof input?.runId === 'string' && typeof input.strategyId === 'string' && input.thresholds !== undefined) {
    return input;
  }
  throw fatal(
    new DeskError('BadInput', 'a strategy is validated as part of a run', {
      path: 'input',
      expected: 'parallelValidation with {"strategies": ["STR-001"]}',
    }),
  );
}

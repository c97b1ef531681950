import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow';
import { TimeoutType } from '@temporalio/common';
import type { ErrorDocument } from '../core/errors.ts';
import { DeskError, errorDocument } from '../core/errors.ts';
import { deskErrorOf, failureOptions } from '../core/failure-options.ts';

/** A domain error as what ends a workflow. An error that is none of Temporal's would only make its task retry for ever. */
export const fatal = (thrown: unknown): ApplicationFailure =>
  ApplicationFailure.create({ ...failureOptions(reasonOf(thrown)), nonRetryable: true });

/** What `work` returns; what it throws, such as input that cannot be read, ends the workflow. */
export function orFatal<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw fatal(thrown);
  }
}

/** What made an activity or a child fail, in the desk's words. */
function reasonOf(thrown: unknown): unknown {
  const cause = thrown instanceof ActivityFailure || thrown instanceof ChildWorkflowFailure ? thrown.cause : thrown;
  if (cause instanceof ApplicationFailure)
    return deskErrorOf(cause.details) ?? new DeskError('Internal', cause.message);
  if (cause instanceof TimeoutFailure) return timeoutReason(cause.timeoutType);
  return cause;
}

export const documentOf = (thrown: unknown): ErrorDocument => errorDocument(reasonOf(thrown));

/** Whether an activity used up its own time limit, as opposed to its worker being lost. */
export const ranOutOfTime = (thrown: unknown): boolean =>
  thrown instanceof ActivityFailure &&
  thrown.cause instanceof TimeoutFailure &&
  thrown.cause.timeoutType === TimeoutType.START_TO_CLOSE;

function timeoutReason(timeout: TimeoutType): DeskError {
  if (timeout === TimeoutType.HEARTBEAT) return new DeskError('WorkerCrashed', 'the worker was lost again and again');
  return new DeskError('TimedOut', 'it took longer than its time limit');
}

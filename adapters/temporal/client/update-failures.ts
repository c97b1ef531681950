import { isGrpcServiceError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DeskError } from '../../../core/errors.ts';
import { deskErrorOf } from '../../../core/failure-options.ts';

/** A refusal of the workflow in the desk's words; anything else on the way is NotReachable: worth another try. */
export function updateFailure(thrown: unknown, workflowId: string): DeskError {
  if (thrown instanceof WorkflowUpdateFailedError) {
    const { cause } = thrown;
    const known = cause instanceof ApplicationFailure ? deskErrorOf(cause.details) : undefined;
    return known ?? new DeskError('BadInput', cause?.message ?? thrown.message, { path: workflowId });
  }
  return unreachable(thrown, workflowId);
}

export function unreachable(thrown: unknown, workflowId: string): DeskError {
  const why = isGrpcServiceError(thrown) ? thrown.details : thrown instanceof Error ? thrown.message : String(thrown);
  return new DeskError('NotReachable', `${workflowId} does not answer: ${why}`, { cause: thrown });
}

import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/**
 * Resets the newest running workflow of a type to its first completed task, as a person does in the UI: everything that
 * it learned since is forgotten, and its activities and children are begun anew.
 */
export async function resetNewest({ workflow }: Client, workflowType: string): Promise<void> {
  const running = await Array.fromAsync(
    workflow.list({ query: `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`, pageSize: 10 }),
  );
  const newest = running.toSorted((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  if (newest === undefined) return;
  const { workflowId, runId } = newest;
  const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
  const first = events?.find(({ workflowTaskCompletedEventAttributes: attributes }) => attributes != null);
  if (first?.eventId === undefined || first.eventId === null) return;
  await workflow.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: first.eventId,
    requestId: randomUUID(),
    reason: 'chaos',
  });
}

import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { DeskError } from '../../core/errors.ts';

export type Verification = Readonly<{ replayed: number }>;

/** Histories that are replayed, at most. */
const recentHistories = 50;

/**
 * Replays the newest histories of the desk's workflows with this code, before it touches a running one. Throws when
 * one takes another course: then this code would break workflows that are under way.
 */
export async function verifyHistories(
  client: Client,
  {
    workflowBundle,
    taskQueue,
    workflowTypes,
  }: { workflowBundle: { codePath: string }; taskQueue: string; workflowTypes: readonly string[] },
): Promise<Verification> {
  const types = workflowTypes.map((type) => `'${type}'`).join(', ');
  const query = `WorkflowType IN (${types}) AND TaskQueue = '${taskQueue}'`;
  const histories = client.workflow.list({ query, pageSize: recentHistories }).intoHistories({ concurrency: 5 });
  let replayed = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle },
    first(histories, recentHistories),
  )) {
    if (error !== undefined) {
      throw new DeskError('Internal', `this code would break running workflows: replay of ${workflowId} differs`, {
        expected: 'the commands that its history has',
        found: error.message,
        cause: error,
      });
    }
    replayed++;
  }
  return { replayed };
}

async function* first<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let count = 0;
  for await (const item of items) {
    if (count++ >= limit) return;
    yield item;
  }
}

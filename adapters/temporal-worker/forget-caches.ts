import type { Client } from '@temporalio/client';

/** Running workflows that are looked at, at most; the others wait for the sticky time-out as usual. */
const mostWorkflows = 500;
const atOnce = 20;

/**
 * Makes the server forget which worker has the running workflows of a task queue in its cache. It would offer the next
 * task of each to that worker alone for two seconds (the sticky time-out), in vain when that worker was killed. For the
 * worker that takes its place; one that lives on only has to replay what it is given next.
 */
export async function forgetCaches(client: Client, taskQueue: string): Promise<void> {
  const { namespace } = client.options;
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  let running: Promise<unknown>[] = [];
  let count = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: mostWorkflows })) {
    if (++count > mostWorkflows) break;
    const execution = { workflowId, runId };
    // One that has ended in the meantime has nothing to forget.
    running.push(client.workflowService.resetStickyTaskQueue({ namespace, execution }).catch(() => {}));
    if (running.length === atOnce) {
      await Promise.all(running);
      running = [];
    }
  }
  await Promise.all(running);
}

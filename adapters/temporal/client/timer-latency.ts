import { randomUUID } from 'node:crypto';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';

const { CommandType, TaskQueueKind } = proto.temporal.api.enums.v1;

const timerMs = 50;
const limitMs = 15_000;

/**
 * How long a timer of 50 ms takes on this server, in milliseconds: from the answer that starts it until its workflow
 * is told that it fired. A real workflow, whose two tasks are answered here by hand instead of by a worker: so it
 * measures the server and the way to it alone, and costs no bundle and no second process.
 */
export async function measureTimer(connection: Connection, namespace: string): Promise<number> {
  const id = `doctor:${randomUUID()}`;
  const identity = `nightdesk doctor ${process.pid}`;
  const taskQueue = { name: id, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL };
  const service = connection.workflowService;
  const nextTask = async () => {
    const { taskToken } = await service.pollWorkflowTaskQueue({ namespace, taskQueue, identity });
    if (taskToken.length === 0) throw new Error('the server gave no workflow task');
    return taskToken;
  };
  return connection.withDeadline(Date.now() + limitMs, async () => {
    await service.startWorkflowExecution({
      namespace,
      workflowId: id,
      workflowType: { name: 'nightdeskDoctor' },
      taskQueue,
      requestId: id,
      identity,
      workflowExecutionTimeout: msToTs(limitMs), // it ends by itself when we are interrupted
    });
    const startTimer = {
      commandType: CommandType.COMMAND_TYPE_START_TIMER,
      startTimerCommandAttributes: { timerId: 'doctor', startToFireTimeout: msToTs(timerMs) },
    };
    const first = await nextTask();
    await service.respondWorkflowTaskCompleted({ namespace, identity, taskToken: first, commands: [startTimer] });
    const startedMs = performance.now();
    const second = await nextTask();
    const tookMs = performance.now() - startedMs;
    const complete = {
      commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
      completeWorkflowExecutionCommandAttributes: {},
    };
    await service.respondWorkflowTaskCompleted({ namespace, identity, taskToken: second, commands: [complete] });
    return tookMs;
  });
}

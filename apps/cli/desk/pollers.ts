import { hostname } from 'node:os';
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { isRunning } from '../../../adapters/temporal/process.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

export type Poller = Readonly<{ identity: string; lastSeenMs: number }>;

const queueTypes = {
  desk: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  compute: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  orders: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  market: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

export type DeskQueue = keyof typeof queueTypes;

/** The queues of a desk, by what is polled on them. */
export const deskQueues = Object.keys(queueTypes) as readonly DeskQueue[];

/** What a validation needs. */
export const validationQueues = ['desk', 'compute'] as const satisfies readonly DeskQueue[];

/** What an order needs. */
export const orderQueues = ['orders', 'market'] as const satisfies readonly DeskQueue[];

/**
 * Who polls a queue. The server remembers pollers for five minutes after their death: processes of this machine that
 * are gone are left out.
 */
export async function pollersOf(connection: Connection, namespace: string, queue: DeskQueue): Promise<Poller[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: queueTypes[queue],
  });
  return (pollers ?? [])
    .map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      lastSeenMs: Number(lastAccessTime?.seconds ?? 0) * 1_000,
    }))
    .filter(({ identity }) => !isDeadHere(identity));
}

/** Identities are `pid@host` (the SDK's default). */
function isDeadHere(identity: string): boolean {
  const [, pid, host] = /^(\d+)@(.+)$/.exec(identity) ?? [];
  return host === hostname() && !isRunning(Number(pid));
}

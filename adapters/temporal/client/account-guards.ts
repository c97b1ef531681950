import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { GuardView } from '../../../core/orders/guard-messages.ts';
import type { AccountGuards } from '../../../core/ports/account-guards.ts';
import { createTurnstile } from './turnstile.ts';
import { unreachable, updateFailure } from './update-failures.ts';

/**
 * Of one process. The server takes ten updates in flight of one workflow: two workers leave two for people. Where more
 * processes send, what the server refuses is sent again, by the client and by the activity, with the same update id.
 */
const updatesInFlight = 4;

/** How long one try waits for the guard's answer. */
const answerLimitMs = 10_000;

export type AccountGuardsOptions = Readonly<{
  client: Client;
  /** Where a guard that is not there yet is started. */
  taskQueue: string;
  /** A worker that dies with a workflow task in hand is given up after this. */
  workflowTaskTimeoutMs?: number;
}>;

export type StartableGuards = AccountGuards &
  Readonly<{
    /** Sees to it that the account's guard runs, and its keeper with it. NotReachable where the server does not answer. */
    start(account: string): Promise<void>;
  }>;

export const guardWorkflowId = (account: string): string => `account-guard:${account}`;

/**
 * Speaks to the guards by update; a guard that is not there is started first. What goes wrong on the way (the guard
 * continues as new, the server or its worker is away) is NotReachable: worth another try with the same update id.
 */
export function createAccountGuards({
  client,
  taskQueue,
  workflowTaskTimeoutMs = 3_000,
}: AccountGuardsOptions): StartableGuards {
  const turnstiles = new Map<string, ReturnType<typeof createTurnstile>>();
  const turnstileOf = (account: string) => {
    const turnstile = turnstiles.get(account) ?? createTurnstile(updatesInFlight);
    turnstiles.set(account, turnstile);
    return turnstile;
  };

  const startOf = (account: string) =>
    ({
      workflowId: guardWorkflowId(account),
      taskQueue,
      args: [{ account }],
      workflowTaskTimeout: workflowTaskTimeoutMs,
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `guard of ${account}`,
    }) as const;

  const send = (account: string, name: string, argument: unknown, updateId: string): Promise<unknown> =>
    client.workflow.executeUpdateWithStart(name, {
      updateId,
      args: [argument],
      startWorkflowOperation: new WithStartWorkflowOperation('accountGuard', startOf(account)),
    });

  const update = async (
    account: string,
    message: Readonly<{ name: string; argument: unknown; updateId: string }>,
    signal?: AbortSignal,
  ): Promise<unknown> =>
    turnstileOf(account)(async () => {
      const { name, argument, updateId } = message;
      const limited = () =>
        client.withDeadline(Date.now() + answerLimitMs, () => send(account, name, argument, updateId));
      try {
        return await (signal === undefined ? limited() : client.withAbortSignal(signal, limited));
      } catch (thrown) {
        signal?.throwIfAborted();
        throw updateFailure(thrown, guardWorkflowId(account));
      }
    });

  return {
    update,
    async start(account) {
      try {
        await client.workflow.start('accountGuard', startOf(account));
      } catch (thrown) {
        throw unreachable(thrown, guardWorkflowId(account));
      }
    },
    async view(account) {
      try {
        const look = () => client.workflow.getHandle(guardWorkflowId(account)).executeUpdate<GuardView, []>('look');
        return await turnstileOf(account)(() => client.withDeadline(Date.now() + answerLimitMs, look));
      } catch {
        return undefined;
      }
    },
    async isRunning(workflowId) {
      try {
        const { status } = await client.workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING';
      } catch (thrown) {
        if (thrown instanceof WorkflowNotFoundError) return false;
        throw unreachable(thrown, workflowId);
      }
    },
  };
}

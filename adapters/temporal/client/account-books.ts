import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { Want } from '../../../core/orders/want.ts';
import type { WantStatus } from '../../../core/orders/want-queue.ts';
import { unreachable, updateFailure } from './update-failures.ts';

/** The virtual books of accounts (workflow `bookTrading`, one an account) as faces reach them. */
export type AccountBooks = Readonly<{
  /**
   * Hands a want over; starts the books of the account where they do not run. The same intentId again is the same want.
   * NotReachable: try again; other errors are a refusal.
   */
  want(account: string, want: Want): Promise<Want>;
  /** Where a want stands. NotReachable where nobody answers. */
  status(account: string, intentId: string): Promise<WantStatus>;
}>;

const answerLimitMs = 10_000;

export const booksWorkflowId = (account: string): string => `book-trading:${account}`;

export function createAccountBooks({
  client,
  taskQueue,
}: Readonly<{ client: Client; taskQueue: string }>): AccountBooks {
  const limited = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + answerLimitMs, call);
  return {
    async want(account, want) {
      const workflowId = booksWorkflowId(account);
      const startWorkflowOperation = new WithStartWorkflowOperation('bookTrading', {
        workflowId,
        taskQueue,
        args: [{ account }],
        workflowTaskTimeout: '3 seconds',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `books of ${account}`,
      });
      // Not the intent's id: the server answers a known one for a run that has ended, and starts none. The workflow and
      // the store know a want by its intentId.
      const updateId = `${want.intentId}:${randomUUID()}`;
      try {
        const options = { updateId, args: [want], startWorkflowOperation };
        const taken: Want = await limited(() => client.workflow.executeUpdateWithStart('want', options));
        return taken;
      } catch (thrown) {
        throw updateFailure(thrown, workflowId);
      }
    },
    async status(account, intentId) {
      const handle = client.workflow.getHandle(booksWorkflowId(account));
      try {
        const status: WantStatus = await limited(() => handle.query('wantResult', { intentId }));
        return status;
      } catch (thrown) {
        throw unreachable(thrown, handle.workflowId);
      }
    },
  };
}

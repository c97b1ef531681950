import type { GuardView } from '../orders/guard-messages.ts';

/** The guards of accounts (workflow `accountGuard`, one an account) as activities and faces reach them. */
export type AccountGuards = Readonly<{
  /**
   * Sends an update and returns its answer; starts the guard where there is none. The same id again, while the guard has
   * not continued as new, gives the first answer. NotReachable: try again; other errors are the guard's refusal.
   */
  update(
    account: string,
    message: Readonly<{ name: string; argument: unknown; updateId: string }>,
    signal?: AbortSignal,
  ): Promise<unknown>;
  /** How a guard stands; undefined where there is none, or nobody runs it. */
  view(account: string): Promise<GuardView | undefined>;
  /** Whether a workflow is there to drive its order to the end. */
  isRunning(workflowId: string): Promise<boolean>;
}>;

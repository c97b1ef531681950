import { guardWorkflowId } from '../../../adapters/temporal/client/account-guards.ts';
import { orderQueues, pollersOf } from '../desk/pollers.ts';
import { reachTemporal } from './trading-desk.ts';

/**
 * Accounts that a worker keeps: one polls the queues of orders, and the account's guard runs, with its keeper. None where
 * Temporal does not answer.
 */
export async function keptAccounts(names: readonly string[]): Promise<ReadonlySet<string>> {
  const reached = await reachTemporal();
  if (reached === undefined) return new Set();
  const { connection, namespace, guards } = reached;
  try {
    const pollers = await Promise.all(orderQueues.map((queue) => pollersOf(connection, namespace, queue)));
    if (pollers.some(({ length }) => length === 0)) return new Set();
    const runs = await Promise.all(names.map((name) => guards.isRunning(guardWorkflowId(name))));
    return new Set(names.filter((_, place) => runs[place]));
  } catch {
    return new Set();
  } finally {
    await reached.close();
  }
}

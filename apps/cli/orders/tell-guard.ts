import type { GuardUpdates } from '../../../core/orders/guard-messages.ts';
import { notice } from '../output.ts';
import { reachTemporal } from './trading-desk.ts';

/** A guard that runs hears of it at once; one that does not reads the store when it starts. */
export async function tellGuard<Name extends 'halt' | 'resume' | 'setMode'>(
  account: string,
  name: Name,
  message: GuardUpdates[Name]['message'],
): Promise<void> {
  const reached = await reachTemporal();
  if (reached === undefined) return;
  try {
    if (await reached.guards.isRunning(`account-guard:${account}`)) {
      await reached.guards.update(account, { name, argument: message, updateId: `${name}:${Date.now()}` });
    }
  } catch (thrown) {
    notice(`the guard of ${account} was not told: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  } finally {
    await reached.close();
  }
}

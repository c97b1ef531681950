import type { AccountState } from '../ports/order-store.ts';
import type { OrderDesk } from './desk.ts';

/** `symbol` and `clientOrderId` are of the order that met the limit. */
export type Trip = Readonly<{ account: string; reason: string; symbol: string; clientOrderId: string }>;

/**
 * A runaway: orders a minute or notional a day are spent, and nothing increases exposure any more until a person has
 * looked. An account that is not ACTIVE stays as it is. May be tried again: one alert. The store records the decision.
 */
export async function tripToReducing(
  { orders, nowMs }: Pick<OrderDesk, 'orders' | 'nowMs'>,
  { account, reason, symbol, clientOrderId }: Trip,
  venueMs: number,
): Promise<AccountState> {
  const by = `account-guard:${account}`;
  const before = await orders.accountState(account);
  const word =
    before.mode === 'ACTIVE'
      ? await orders.setMode(account, 'REDUCING', { reason, by, person: false }, venueMs, nowMs())
      : before;
  if (word.mode !== 'REDUCING' || word.by !== by) return word;
  const key = `runaway:${account}:${word.changedMs}`;
  const text = `${account} is REDUCING until a person resumes it: ${word.reason}`;
  await orders.raiseAlerts([{ key, account, symbol, clientOrderId, severity: 'RED', text, atMs: word.changedMs }]);
  return word;
}

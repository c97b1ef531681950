import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { storedOrder } from '../../../core/order-desk/apply-event.ts';
import { cancelOrder } from '../../../core/order-desk/cancel-order.ts';
import { isTerminal } from '../../../core/orders/order-machine.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { print, printJson } from '../output.ts';
import { findOrder } from './find-order.ts';
import { openTradingDesk, reachTemporal, type TradingDesk } from './trading-desk.ts';

export type CancelOptions = Readonly<{ reason?: string; json?: true }>;

/** Cancels what is left of an order: through its workflow where that runs, and at the venue in any case. */
export async function cancelByHand(typed: string, { reason, json }: CancelOptions): Promise<void> {
  const trading = await openTradingDesk();
  try {
    const before = await findOrder(trading.orders, typed);
    const { clientOrderId } = before.intent;
    const why = reason ?? `by hand, ${asker()}`;
    const told = isTerminal(before.state) ? false : await tellWorkflow(before, why);
    const record = await cancelNow(trading, before, why);
    await trading.orders.recordDecision({
      account: record.intent.account,
      clientOrderId,
      what: 'cancelRequested',
      why,
      by: asker(),
      atMs: Date.now(),
    });
    const { state, appliedExecuted, venueExecuted } = record;
    if (json) printJson({ clientOrderId, state, executed: appliedExecuted, venueExecuted, toldWorkflow: told });
    else print(`${clientOrderId} ${state}, executed ${appliedExecuted}`);
    if (!isTerminal(state)) process.exitCode = 1;
  } finally {
    await trading.close();
  }
}

const cancelNow = async ({ of }: TradingDesk, { intent, state }: OrderRecord, reason: string): Promise<OrderRecord> => {
  const desk = await of(intent.account);
  if (isTerminal(state)) return storedOrder(desk.orders, intent.clientOrderId);
  return cancelOrder(desk, intent.clientOrderId, { reason });
};

/** So that no new intent follows, and its end is told. That it has ended, or is away, is no hindrance. */
async function tellWorkflow({ ownerWorkflowId, intent }: OrderRecord, reason: string): Promise<boolean> {
  const reached = ownerWorkflowId === '' ? undefined : await reachTemporal();
  if (reached === undefined) return false;
  try {
    const handle = reached.client.workflow.getHandle(ownerWorkflowId);
    await reached.client.withDeadline(Date.now() + tellLimitMs, () =>
      handle.executeUpdate('cancel', { args: [{ reason }], updateId: `cancel:${intent.clientOrderId}` }),
    );
    return true;
  } catch {
    return false; // refused (it ends already) or nobody runs it: the cancel at the venue is what counts
  } finally {
    await reached.close();
  }
}

const tellLimitMs = 3_000;

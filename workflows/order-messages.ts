import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { ExecutionEvent, ExecutionState } from '../core/orders/execution-types.ts';
import type { OrderState } from '../core/orders/types.ts';

/** How an order stands, for people. */
export type OrderStatus = Readonly<{
  clientOrderId: string;
  phase: ExecutionState['phase'] | 'preparing';
  state: OrderState | '';
  venueOrderId: string;
  executed: string;
  reason: string;
  cancelReason: string;
  /** Intents of this leg that ended before this one. */
  earlier: readonly string[];
}>;

export const statusQuery = defineQuery<OrderStatus>('status');
/** Cancels what is left of the order, wherever it stands; answers at once with how it stands then. */
export const cancelUpdate = defineUpdate<OrderStatus, [{ reason: string }]>('cancel');

/** What an execution keeps between its steps, and what its message handlers work on. */
export type Execution = {
  /** Undefined while it is being prepared. */
  state: ExecutionState | undefined;
  /** Events that came beside the answers to commands, oldest first. */
  readonly inbox: ExecutionEvent[];
};

/** Lets the messages of `orderExecution` in; their effects are on `execution`. */
export function handleOrderMessages(execution: Execution): void {
  setHandler(statusQuery, () => statusOf(execution), { description: 'Where the order stands' });
  setHandler(
    cancelUpdate,
    ({ reason }) => {
      execution.inbox.push({ type: 'cancelRequested', reason });
      return statusOf(execution);
    },
    { validator: (message) => validateCancel(execution, message), description: 'Cancels: {"reason": "…"}' },
  );
}

export function statusOf({ state }: Execution): OrderStatus {
  if (state === undefined) {
    const nothing = { state: '', venueOrderId: '', executed: '0', reason: '', cancelReason: '', earlier: [] } as const;
    return { clientOrderId: '', phase: 'preparing', ...nothing };
  }
  const { intent, phase, record, cancelReason, earlier } = state;
  return {
    clientOrderId: intent.clientOrderId,
    phase,
    state: record?.state ?? '',
    venueOrderId: record?.venueOrderId ?? '',
    executed: record?.appliedExecuted ?? '0',
    reason: record?.reason ?? '',
    cancelReason,
    earlier: earlier.map((each) => `${each.clientOrderId}: ${each.state}`),
  };
}

// Validators run without being awaited: they must be synchronous, and a rejected update leaves no trace in history.

function validateCancel({ state }: Execution, message: { reason: string } | undefined): void {
  if (typeof message?.reason !== 'string' || message.reason.trim() === '') throw new Error('reason: expected why');
  if (state?.phase === 'ending' || state?.phase === 'finished') throw new Error('the order has ended already');
  if (state !== undefined && state.cancelReason !== '') throw new Error(`it is being canceled: ${state.cancelReason}`);
}

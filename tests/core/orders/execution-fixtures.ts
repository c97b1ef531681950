import { startExecution, stepExecution } from '../../../core/orders/execution.ts';
import type {
  ExecutionCommand,
  ExecutionEvent,
  ExecutionInput,
  ExecutionState,
  ExecutionStep,
} from '../../../core/orders/execution-types.ts';
import { clientOrderId } from '../../../core/orders/order-id.ts';
import type { OrderIntent, OrderState } from '../../../core/orders/types.ts';
import type { Grant, OrderRecord } from '../../../core/ports/order-store.ts';
import { intentOf, noonMs, orderRecordOf, venue } from '../../contracts/order-fixtures.ts';

/** Without what is made inside. */
export function orderOf(): ExecutionInput['order'] {
  const { clientOrderId: _id, seed: _seed, leg: _leg, intentNumber: _number, ...order } = intentOf('execution');
  return order;
}

const inputOf = (change: Partial<ExecutionInput> = {}): ExecutionInput => ({
  namespace: 'default',
  seed: 'rebalance-1/0a1b',
  leg: '1',
  intentNumber: 7,
  order: orderOf(),
  traits: {
    venue,
    hasDeadline: true,
    receiveWindowMs: 5_000,
    engineTimeMs: 10_000,
    readLagMs: 3_000,
    forgetsFilledIds: false,
    deadManSwitch: 'none',
    ledgerDecimals: 8,
    hasPositions: false,
  },
  replans: 3,
  ...change,
});

export const idOfNumber = (intentNumber: number, input = inputOf()): string =>
  clientOrderId({ ...input, intentNumber });

/** The row of the intent that the state is at. */
export const recordOf = (intent: OrderIntent, state: OrderState, change: Partial<OrderRecord> = {}): OrderRecord =>
  orderRecordOf(intent, state, {
    createdMs: noonMs - 500,
    ...(state === 'initialized' || state === 'denied'
      ? {}
      : { submission: { timestampMs: noonMs, deadlineMs: noonMs + 5_000 } }),
    ...change,
  });

export const grantOf = ({ clientOrderId: id }: OrderIntent): Grant => ({
  clientOrderId: id,
  grantedMs: noonMs - 100,
  reservationId: `reservation-${id}`,
});

export type Told = Readonly<{ state: ExecutionState; commands: readonly ExecutionCommand[] }>;
export type Event = (intent: OrderIntent) => ExecutionEvent;

/** The state after the events, and the commands that the last of them gave. */
export const tell = (from: ExecutionStep, ...events: readonly Event[]): Told =>
  events.reduce<Told>(({ state }, event) => stepExecution(state, event(state.intent)), from);

export const stored: Event = (intent) => ({
  type: 'intentStored',
  kind: 'stored',
  record: recordOf(intent, 'initialized'),
});
export const reserved: Event = (intent) => ({ type: 'reserved', grant: grantOf(intent), reduces: false });
export const priced: Event = () => ({ type: 'priceChecked' });
export const cancel: Event = () => ({ type: 'cancelRequested', reason: 'a person' });

export const sent =
  (state: OrderState, change?: Partial<OrderRecord>): Event =>
  (intent) => ({ type: 'submitted', kind: 'sent', record: recordOf(intent, state, change) });
export const read =
  (state: OrderState, change?: Partial<OrderRecord>): Event =>
  (intent) => ({ type: 'recordRead', record: recordOf(intent, state, change) });
export const followed =
  (state: OrderState, { atMostMs, untilVenueMs, ...change }: Partial<OrderRecord> & Limit = {}): Event =>
  (intent) => ({
    type: 'followed',
    record: recordOf(intent, state, change),
    ...(atMostMs !== undefined && { atMostMs }),
    ...(untilVenueMs !== undefined && { untilVenueMs }),
  });
export const cancelAnswered =
  (state: OrderState, change?: Partial<OrderRecord>): Event =>
  (intent) => ({ type: 'cancelAnswered', record: recordOf(intent, state, change) });

type Limit = Readonly<{ atMostMs?: number; untilVenueMs?: number }>;

export const types = ({ commands }: Told): string[] => commands.map(({ type }) => type);
export const follows = ({ commands }: Told): Limit[] =>
  commands.flatMap((command) => {
    if (command.type !== 'follow') return [];
    const { type: _type, clientOrderId: _id, ...limit } = command;
    return [limit];
  });

export const begin = (change?: Partial<ExecutionInput>): ExecutionStep => startExecution(inputOf(change));
export const rest = (change?: Partial<ExecutionInput>): Told =>
  tell(begin(change), stored, reserved, priced, sent('accepted'));

export const told: Event = () => ({ type: 'guardTold' });

export const refusedOf = (intent: OrderIntent, why: 'mode' | 'grant' | 'symbolHalted'): ExecutionEvent => ({
  type: 'submitted',
  kind: 'refused',
  why,
  record: recordOf(intent, 'initialized'),
});

export const same =
  (state: OrderState, change?: Partial<OrderRecord>): Event =>
  (intent) => ({ type: 'intentStored', kind: 'same', record: recordOf(intent, state, change) });
export const filled = { venueExecuted: '0.03', appliedExecuted: '0.03' };

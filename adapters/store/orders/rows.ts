import type {
  LedgerEntry,
  NettedGroup,
  OrderAlert,
  OrderDecision,
  OrderRecord,
  OrderStep,
} from '../../../core/ports/order-store.ts';
import type { Fill, OrderIntent, OrderState, OrderType, Side, TimeInForce } from '../../../core/orders/types.ts';
import type { Row } from '../sql/database.ts';
import { number, text } from '../sql/rows.ts';

// Columns are typed and written by this adapter alone: what one holds is known here, and only here asserted.

const isNull = (row: Row, column: string): boolean => row[column] === null;

const intentOf = (row: Row): OrderIntent => ({
  clientOrderId: text(row, 'client_order_id'),
  account: text(row, 'account'),
  symbol: text(row, 'symbol'),
  side: text(row, 'side') as Side,
  type: text(row, 'type') as OrderType,
  amount: text(row, 'amount'),
  ...(!isNull(row, 'price') && { price: text(row, 'price') }),
  ...(!isNull(row, 'stop_price') && { stopPrice: text(row, 'stop_price') }),
  timeInForce: text(row, 'time_in_force') as TimeInForce,
  reduceOnly: number(row, 'reduce_only') === 1,
  ...(!isNull(row, 'rest_ms') && { restMs: number(row, 'rest_ms') }),
  book: text(row, 'book'),
  reason: text(row, 'intent_reason'),
  seed: text(row, 'seed'),
  leg: text(row, 'leg'),
  intentNumber: number(row, 'intent_number'),
});

export const orderRecord = (row: Row): OrderRecord => ({
  intent: intentOf(row),
  venue: text(row, 'venue'),
  state: text(row, 'state') as OrderState,
  version: number(row, 'version'),
  ...(!isNull(row, 'timestamp_ms') && {
    submission: { timestampMs: number(row, 'timestamp_ms'), deadlineMs: number(row, 'deadline_ms') },
  }),
  ...(!isNull(row, 'venue_order_id') && { venueOrderId: text(row, 'venue_order_id') }),
  venueExecuted: text(row, 'venue_executed'),
  appliedExecuted: text(row, 'applied_executed'),
  reason: text(row, 'reason'),
  ownerWorkflowId: text(row, 'owner_workflow_id'),
  createdMs: number(row, 'created_ms'),
  changedMs: number(row, 'changed_ms'),
});

export const orderStep = (row: Row): OrderStep => ({
  clientOrderId: text(row, 'client_order_id'),
  version: number(row, 'version'),
  state: text(row, 'state') as OrderState,
  venueExecuted: text(row, 'venue_executed'),
  appliedExecuted: text(row, 'applied_executed'),
  reason: text(row, 'reason'),
  atMs: number(row, 'at_ms'),
});

export const fillOf = (row: Row): Fill => JSON.parse(text(row, 'fill')) as Fill;

/** A fill's identity. Two accounts of ours that trade with each other have a fill each, under one trade id. */
export const fillKey = 'account = ? AND venue = ? AND symbol = ? AND trade_id = ?';

export const fillKeyOf = (account: string, { venue, symbol, tradeId }: Pick<Fill, 'venue' | 'symbol' | 'tradeId'>) =>
  [account, venue, symbol, tradeId] as const;

export const ledgerEntry = (row: Row): LedgerEntry => ({
  transactionId: text(row, 'transaction_id'),
  account: text(row, 'account'),
  ledgerAccount: text(row, 'ledger_account'),
  asset: text(row, 'asset'),
  amount: text(row, 'amount'),
  book: text(row, 'book'),
  symbol: text(row, 'symbol'),
  source: text(row, 'source'),
  venueMs: number(row, 'venue_ms'),
});

export const nettedGroup = (row: Row): NettedGroup => ({
  groupId: text(row, 'group_id'),
  account: text(row, 'account'),
  symbol: text(row, 'symbol'),
  members: JSON.parse(text(row, 'members')) as NettedGroup['members'],
  atMs: number(row, 'at_ms'),
  ...(text(row, 'seed') !== '' && { seed: text(row, 'seed') }),
  ...(text(row, 'middle') !== '' && { middle: text(row, 'middle') }),
});

const ofOrder = (row: Row): { clientOrderId?: string } =>
  text(row, 'client_order_id') === '' ? {} : { clientOrderId: text(row, 'client_order_id') };

export const orderDecision = (row: Row): OrderDecision => ({
  account: text(row, 'account'),
  ...ofOrder(row),
  what: text(row, 'what'),
  why: text(row, 'why'),
  by: text(row, 'decided_by'),
  atMs: number(row, 'at_ms'),
});

export const orderAlert = (row: Row): OrderAlert => ({
  key: text(row, 'key'),
  account: text(row, 'account'),
  symbol: text(row, 'symbol'),
  ...ofOrder(row),
  severity: text(row, 'severity') as OrderAlert['severity'],
  text: text(row, 'text'),
  atMs: number(row, 'at_ms'),
});

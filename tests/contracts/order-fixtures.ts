import { createHash } from 'node:crypto';
import type { Fill, OrderIntent, OrderState, VenueOrder } from '../../core/orders/types.ts';
import type { LedgerEntry, OrderChange, OrderRecord, OrderStore, SubmitRequest } from '../../core/ports/order-store.ts';

/** Words of the order path for tests of stores: one account, one spot market, venue times from one moment on. */

export const account = 'binance-main';
export const venue = 'binance';
export const symbol = 'BTC/USDT';
export const owner = 'order-execution:rebalance-1';
/** 2026-11-26 08:00 UTC. */
export const noonMs = 1_795_680_000_000;

export const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32);

export const intentOf = (name: string, change: Partial<OrderIntent> = {}): OrderIntent => ({
  clientOrderId: idOf(name),
  account,
  symbol,
  side: 'buy',
  type: 'limit',
  amount: '0.03',
  price: '64123.10',
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'STR-001',
  reason: 'rebalance to 40 % BTC',
  seed: 'rebalance-1:0a1b',
  leg: name,
  intentNumber: 0,
  ...change,
});

/** The row of an intent of which nothing is executed yet. */
export const orderRecordOf = (
  intent: OrderIntent,
  state: OrderState,
  change: Partial<OrderRecord> = {},
): OrderRecord => ({
  intent,
  venue,
  state,
  version: 1,
  venueExecuted: '0',
  appliedExecuted: '0',
  reason: '',
  ownerWorkflowId: owner,
  createdMs: noonMs,
  changedMs: noonMs,
  ...change,
});

export const submitOf = (name: string, change: Partial<SubmitRequest> = {}): SubmitRequest => ({
  clientOrderId: idOf(name),
  submission: { timestampMs: noonMs, deadlineMs: noonMs + 5_000 },
  grant: { clientOrderId: idOf(name), grantedMs: noonMs - 400, reservationId: `res-${name}` },
  venueMs: noonMs,
  reduces: false,
  ...change,
});

export const fillOf = (tradeId: string, change: Partial<Fill> = {}): Fill => ({
  venue,
  symbol,
  tradeId,
  venueOrderId: '9001',
  side: 'buy',
  amount: '0.01',
  price: '64123.10',
  quoteAmount: '641.231',
  fee: '0.00001',
  feeAsset: 'BTC',
  liquidity: 'taker',
  venueMs: noonMs + 100,
  ...change,
});

/** The postings of a fill that buys: quote out, base in, the fee out of the base. */
export function entriesOf({ tradeId, quoteAmount, amount, fee, venueMs }: Fill, book = 'STR-001'): LedgerEntry[] {
  const line = (ledgerAccount: string, asset: string, size: string): LedgerEntry => ({
    transactionId: `fill ${venue} ${symbol} ${tradeId}`,
    account,
    ledgerAccount,
    asset,
    amount: size,
    book,
    symbol,
    source: tradeId,
    venueMs,
  });
  return [
    line('assets:free', 'USDT', `-${quoteAmount}`),
    line('trading', 'USDT', quoteAmount),
    line('assets:free', 'BTC', amount),
    line('trading', 'BTC', `-${amount}`),
    line('assets:free', 'BTC', `-${fee}`),
    line('fees', 'BTC', fee),
  ];
}

/** The change that a fill brings about: one third of the order at a time. */
export const filledBy = (record: OrderRecord, fill: Fill, change: Partial<OrderChange> = {}): OrderChange => ({
  clientOrderId: record.intent.clientOrderId,
  expectedVersion: record.version,
  state: 'partiallyFilled',
  venueOrderId: '9001',
  venueExecuted: fill.amount,
  appliedExecuted: fill.amount,
  fills: [fill],
  entries: entriesOf(fill),
  alerts: [],
  atMs: noonMs + 200,
  ...change,
});

export const venueOrderOf = (venueOrderId: string, change: Partial<VenueOrder> = {}): VenueOrder => ({
  venue,
  symbol,
  venueOrderId,
  side: 'sell',
  type: 'limit',
  state: 'accepted',
  amount: '0.5',
  executed: '0',
  price: '70000',
  reduceOnly: false,
  venueMs: noonMs,
  ...change,
});

export const stored = async (
  store: OrderStore,
  name: string,
  change: Partial<OrderIntent> = {},
): Promise<OrderRecord> => (await store.putIntent(intentOf(name, change), venue, owner, noonMs - 500)).record;

export async function submitted(
  store: OrderStore,
  name: string,
  change: Partial<OrderIntent> = {},
): Promise<OrderRecord> {
  await stored(store, name, change);
  const result = await store.submitOnce(submitOf(name), noonMs);
  if (result.kind !== 'won') throw new Error(`not submitted: ${JSON.stringify(result)}`);
  return result.record;
}

/** All that a store shows: what must be the old or the new, and never anything between. */
export async function everything(store: OrderStore): Promise<unknown> {
  const orders = await store.orders({ limit: 10_000 });
  const accounts = await store.accounts();
  return {
    orders,
    steps: await Promise.all(orders.map(({ intent }) => store.steps(intent.clientOrderId))),
    posted: await Promise.all(orders.map(({ intent }) => store.entriesOf(intent.clientOrderId))),
    fills: await store.fills({ limit: 10_000 }),
    decisions: await store.decisions({ limit: 10_000 }),
    alerts: await store.alerts({ limit: 10_000 }),
    accounts: await Promise.all(accounts.map((name) => store.accountState(name))),
    entries: await Promise.all(accounts.map((name) => store.entries(name, 10_000))),
    totals: await Promise.all(accounts.map((name) => store.ledgerTotals(name))),
    group: await store.group('group-1'),
  };
}

const membersOfVersion2 = JSON.stringify([
  { book: 'STR-001', side: 'buy', amount: '0.02', intentId: 'want-a' },
  { book: 'STR-002', side: 'sell', amount: '0.005', intentId: 'want-b' },
]);

/** What version 2 of the order tables wrote for a group: its members' books were in one text only. */
export const groupOfVersion2: readonly string[] = [
  `INSERT INTO netted_groups (group_id, account, symbol, members, at_ms)
   VALUES ('group-1', '${account}', '${symbol}', '${membersOfVersion2}', ${noonMs})`,
  `INSERT INTO netted_members VALUES ('want-a', 'group-1'), ('want-b', 'group-1')`,
];

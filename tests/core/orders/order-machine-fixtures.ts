import { expect } from 'vitest';
import { unbalanced } from '../../../core/orders/ledger.ts';
import { type OrderContext, type OrderEvent, stepOrder } from '../../../core/orders/order-machine.ts';
import type { Fill, OrderState, VenueOrder } from '../../../core/orders/types.ts';
import type { LedgerEntry, OrderAlert, OrderRecord } from '../../../core/ports/order-store.ts';
import { intentOf, noonMs, orderRecordOf, symbol, venue } from '../../contracts/order-fixtures.ts';

export const market = { symbol, base: 'BTC', quote: 'USDT' };

export const recordOf = (state: OrderState, change: Partial<OrderRecord> = {}): OrderRecord =>
  orderRecordOf(intentOf('machine'), state, change);

export const seen = (state: VenueOrder['state'], executed: string, change: Partial<VenueOrder> = {}): VenueOrder => ({
  venue,
  symbol,
  venueOrderId: '9001',
  clientOrderId: intentOf('machine').clientOrderId,
  side: 'buy',
  type: 'limit',
  state,
  amount: '0.03',
  executed,
  reduceOnly: false,
  venueMs: noonMs + 200,
  ...change,
});

type Told = Readonly<{ record: OrderRecord; fills: readonly Fill[]; entries: LedgerEntry[]; alerts: OrderAlert[] }>;

/** What a store makes of the events, one after the other. */
export function tell(first: OrderRecord, events: readonly OrderEvent[], more: Partial<OrderContext> = {}): Told {
  let record = first;
  const fills: Fill[] = [];
  const entries: LedgerEntry[] = [];
  const alerts: OrderAlert[] = [];
  for (const event of events) {
    const knownAlerts = alerts.map(({ key }) => key);
    const context = { atMs: noonMs, market, knownFills: fills, knownAlerts, ledgerDecimals: 8, ...more };
    const change = stepOrder(record, event, context);
    if (change === undefined) continue;
    expect(unbalanced(change.entries)).toEqual([]);
    fills.push(...change.fills);
    entries.push(...change.entries);
    alerts.push(...change.alerts);
    record = {
      ...record,
      state: change.state,
      version: record.version + 1,
      ...(change.venueOrderId === undefined ? {} : { venueOrderId: change.venueOrderId }),
      venueExecuted: change.venueExecuted ?? record.venueExecuted,
      appliedExecuted: change.appliedExecuted ?? record.appliedExecuted,
      reason: change.reason ?? record.reason,
    };
  }
  return { record, fills, entries, alerts };
}

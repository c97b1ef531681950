import type { AccountState, OrderRecord } from '../ports/order-store.ts';
import { notionalOf, signOf, units, unitText } from './amount.ts';
import { countedDayMs, grantLifeMs, graceMs, startGuard, type GuardStart } from './guard.ts';
import type { DecidedId, GuardState, Reservation } from './guard-types.ts';
import { priceAt, type QuoteRates } from './limit-currency.ts';
import { bucketsOf } from './notional-by-minute.ts';
import { isSettled } from './order-machine.ts';

export type RebuildInput = GuardStart &
  Readonly<{
    /** Rows of the account that are not settled, and all of the last 24 h. */
    records: readonly OrderRecord[];
    accountState: AccountState;
    /** Signed base amounts of the ledger by symbol: everything that is applied. */
    ledgerPositions: Readonly<Record<string, string>>;
    /** What a market order without a price is valued at, by symbol, and what is held; in the limits' currency. */
    prices: Readonly<Record<string, string>>;
    /** For the orders' own prices; left out: they are in the limits' currency. */
    rates?: QuoteRates;
    venueMs: number;
  }>;

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * The guard anew from the store's rows, after a reset or a lost history. `initialized` rows hold a reservation too: a
 * grant of before may still be used for 5 s, and who asks again is decided anew. Nothing is forgotten that could count against a limit.
 */
export function rebuildGuard(input: RebuildInput): GuardState {
  const { records, accountState, venueMs, timing, prices, rates } = input;
  const open = records.filter((record) => !isSettled(record));
  const reservations = open.map((record) => reservationOf(record, { prices, rates, venueMs }));
  const positions: Record<string, string> = {};
  for (const [symbol, amount] of Object.entries(input.ledgerPositions)) {
    const held = open
      .filter(({ intent }) => intent.symbol === symbol)
      .reduce((sum, { intent, appliedExecuted }) => sum + signOf(intent.side) * units(appliedExecuted), 0n);
    const settled = units(amount) - held;
    if (settled !== 0n) positions[symbol] = unitText(settled);
  }
  const grantedMs = (record: OrderRecord) => grantedMsOf(record, input);
  const since = (spanMs: number) =>
    records
      .filter(({ state, submission }) => submission !== undefined || state === 'initialized')
      .filter((record) => grantedMs(record) > venueMs - spanMs - graceMs(timing))
      .toSorted((a, b) => grantedMs(a) - grantedMs(b));
  const spent = since(dayMs).map((record) => {
    const { price, amount } = reservationOf(record, { prices, rates, venueMs });
    return { venueMs: grantedMs(record), notional: notionalOf(units(price), units(amount)) };
  });
  const decided: DecidedId[] = records
    .filter(isSettled)
    .map(({ intent, submission }) => ({
      clientOrderId: intent.clientOrderId,
      endedMs: submission?.deadlineMs ?? venueMs,
    }))
    .toSorted((a, b) => a.endedMs - b.endedMs);
  const deadlines = records.map(({ submission }) => submission?.deadlineMs ?? 0);
  return {
    ...startGuard(input),
    mode: accountState.mode,
    reason: accountState.reason,
    modeChangedMs: accountState.changedMs,
    haltedSymbols: accountState.haltedSymbols.map(({ symbol, reason }) => ({ symbol, reason })),
    positions,
    prices,
    reservations,
    decided,
    recentGrantsMs: since(minuteMs).map(grantedMs),
    notionalByMinute: bucketsOf(spent),
    ...restoredOf(input),
    loadedMs: venueMs,
    latestDeadlineMs: Math.max(venueMs + grantLifeMs + timing.receiveWindowMs, ...deadlines),
  };
}

/** Of one that a restored store doubts, the deadline alone is of the venue's clock: it may have been sent up to the restore. */
const grantedMsOf = ({ submission }: OrderRecord, { timing, venueMs }: RebuildInput): number =>
  submission === undefined ? venueMs : Math.max(submission.timestampMs, submission.deadlineMs - timing.receiveWindowMs);

/** What a restored store has forgotten is in none of its rows: whoever reconciles tells it. */
function restoredOf({ accountState, timing, venueMs }: RebuildInput): Pick<GuardState, 'restored'> {
  const { restoredSafeMs } = accountState;
  if (restoredSafeMs === undefined || restoredSafeMs <= venueMs - countedDayMs(timing)) return {};
  return { restored: { safeMs: restoredSafeMs } };
}

function reservationOf(
  { intent, submission }: OrderRecord,
  { prices, rates, venueMs }: Pick<RebuildInput, 'prices' | 'venueMs'> & Readonly<{ rates: QuoteRates | undefined }>,
): Reservation {
  const { clientOrderId, symbol, side, amount, reduceOnly, type, price: own = intent.stopPrice } = intent;
  const inLimits = (price: string) => (rates === undefined ? price : priceAt(price, rates[symbol] ?? '0'));
  return {
    clientOrderId,
    symbol,
    side,
    amount,
    reduceOnly,
    protective: type === 'stopMarket',
    price: own === undefined ? (prices[symbol] ?? '0') : inLimits(own),
    reservationId: `reservation-${clientOrderId}`,
    grantedMs: submission?.timestampMs ?? venueMs,
    reduces: false,
  };
}

import { units } from '../orders/amount.ts';
import { type BookSize, fundingEntries, fundingId } from '../orders/funding.ts';
import type { FundingPayment, FundingQuery } from '../ports/exchange.ts';
import type { LedgerEntry, OrderStore } from '../ports/order-store.ts';
import type { OrderDesk } from './desk.ts';
import type { VenueSeen } from './see-venue.ts';
import { askVenue } from './venue-failures.ts';

/** From when on to ask, and which payments of then are booked. Plain JSON. */
export type FundingMemory = Readonly<{ sinceMs: number; booked: readonly string[] }>;

/** Payments are looked for so far back after a time in which nobody looked. */
const lookBackMs = 7 * 86_400_000;

/** The venue may tell one market's payment after another's that is newer. */
const overlapMs = 600_000;

/** How long after the full hour a balance may have a payment that the venue's list of payments has not. */
const listLagMs = 120_000;
const hourMs = 3_600_000;

/** The newest entries: payments that are booked, and what books have traded since, are looked for among them. */
const ledgerRows = 10_000;

/** What to ask of the venue; undefined where it tells no funding. */
export async function fundingQuestion(
  { account, orders, exchange }: OrderDesk,
  { asked, memory }: Readonly<{ asked: Iterable<string>; memory: FundingMemory | undefined }>,
): Promise<FundingQuery | undefined> {
  if (exchange.fundingSince === undefined) return undefined;
  const [markets, totals, venueMs] = await Promise.all([
    askVenue(exchange.markets()),
    orders.ledgerTotals(account),
    askVenue(exchange.venueTimeMs()),
  ]);
  const known = new Set([
    ...asked,
    ...totals.filter(({ ledgerAccount }) => ledgerAccount === 'positions').map(({ asset }) => asset),
  ]);
  const perpetuals = markets.filter(({ symbol, settle }) => settle !== undefined && known.has(symbol));
  const sinceMs = memory?.sinceMs ?? openedMs(await orders.entries(account, ledgerRows), venueMs);
  return {
    symbols: perpetuals.map(({ symbol }) => symbol),
    sinceMs: Math.max(sinceMs, venueMs - lookBackMs),
  };
}

/** What was paid before the ledger began is in the balances that it began with. */
function openedMs(newestFirst: readonly LedgerEntry[], venueMs: number): number {
  if (newestFirst.length >= ledgerRows) return newestFirst.at(-1)?.venueMs ?? venueMs;
  return newestFirst.findLast(({ ledgerAccount }) => ledgerAccount === 'external')?.venueMs ?? venueMs;
}

/** Books what is not booked yet, each payment once; says what, and what to remember. */
export async function bookFunding(
  { account, orders, exchange }: OrderDesk,
  payments: readonly FundingPayment[],
  { sinceMs, booked }: FundingMemory,
): Promise<Readonly<{ done: string[]; memory: FundingMemory }>> {
  const done: string[] = [];
  const { ledgerDecimals } = exchange.traits;
  const fresh = payments.filter((payment) => !booked.includes(fundingId(payment)));
  if (fresh.length > 0) {
    const totals = await orders.symbolTotals(account);
    const rows = await orders.entries(account, ledgerRows);
    const known = new Set(rows.map(({ transactionId }) => transactionId));
    // Posting one again would share it by what the books hold now.
    for (const payment of fresh.filter((each) => !known.has(fundingId(each)))) {
      await orders.postEntries(
        fundingEntries(payment, { account, held: heldThen(payment, totals, rows), ledgerDecimals }),
      );
      done.push(`booked ${payment.amount} ${payment.asset} of funding of ${payment.symbol}`);
    }
  }
  const newestMs = Math.max(sinceMs, ...payments.map(({ venueMs }) => venueMs - overlapMs));
  return { done, memory: { sinceMs: newestMs, booked: payments.map(fundingId) } };
}

/** What each book held when it was paid: what it holds now without what came after. */
function heldThen(
  { symbol, venueMs }: FundingPayment,
  totals: Awaited<ReturnType<OrderStore['symbolTotals']>>,
  rows: readonly LedgerEntry[],
): BookSize[] {
  const sizes = new Map<string, bigint>();
  const add = (
    { ledgerAccount, asset, book, amount }: Pick<LedgerEntry, 'ledgerAccount' | 'asset' | 'book' | 'amount'>,
    sign: bigint,
  ) => {
    if (ledgerAccount !== 'positions' || asset !== symbol) return;
    sizes.set(book, (sizes.get(book) ?? 0n) + sign * units(amount));
  };
  for (const total of totals) add(total, 1n);
  for (const row of rows) if (row.venueMs > venueMs) add(row, -1n);
  return [...sizes].map(([book, size]) => ({ book, size }));
}

/** Assets whose balance a payment may have moved that the venue has not told: no difference of them is judged yet. */
export async function fundedAssets(
  { exchange }: OrderDesk,
  { positions }: Pick<VenueSeen, 'positions'>,
  { hasFunding, venueMs }: Readonly<{ hasFunding: boolean; venueMs: number }>,
): Promise<string[]> {
  if (exchange.fundingSince === undefined) return [];
  const mayLag = venueMs % hourMs < listLagMs && positions?.size !== 0;
  if (hasFunding && !mayLag) return [];
  return (await askVenue(exchange.markets())).flatMap(({ settle }) => settle ?? []);
}

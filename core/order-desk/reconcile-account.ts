import { type Drift, type Holding, planCorrections } from '../orders/corrections.ts';
import { isSettled } from '../orders/order-machine.ts';
import { planReconcile } from '../orders/reconcile.ts';
import type { Fill, VenueOrder } from '../orders/types.ts';
import { sumText } from '../orders/amount.ts';
import type { LedgerEntry, OrderRecord } from '../ports/order-store.ts';
import { bookFunding, fundedAssets, type FundingMemory, fundingQuestion } from './book-funding.ts';
import type { OrderDesk } from './desk.ts';
import { forgottenMarkets } from './forgotten-markets.ts';
import { recentOrders } from './open-records.ts';
import { type MissingSince, performAction } from './reconcile-actions.ts';
import { seeVenue, type VenueSeen } from './see-venue.ts';
import { askVenue } from './venue-failures.ts';

/** What one reconciliation leaves for the next. Plain JSON. */
export type ReconcileMemory = Readonly<{
  drift: readonly Drift[];
  fillsFromMs: Readonly<Record<string, number>>;
  missing: MissingSince;
  /** Of venues that tell it. */
  funding?: FundingMemory | undefined;
}>;

export const noMemory: ReconcileMemory = { drift: [], fillsFromMs: {}, missing: {} };

export type ReconcileOptions = Readonly<{
  memory: ReconcileMemory;
  /** Fills, balances and positions too, not only orders. */
  whole: boolean;
  /** Whether a workflow drives an order itself. Without Temporal: nobody knows, so everybody counts as alive. */
  isAlive(workflowId: string): Promise<boolean>;
  /** Told what is about to be booked as external, and awaited: where it fails nothing is booked, so none is silent. */
  beforeBooking?: ((entries: readonly LedgerEntry[]) => Promise<void>) | undefined;
  signal: AbortSignal;
}>;

export type ReconcileReport = Readonly<{
  /** What was done, in words, in order. */
  done: readonly string[];
  /** Differences that nothing explains yet. */
  drift: readonly Drift[];
  corrections: number;
  /** Postings of the corrections, two for each. */
  booked: readonly LedgerEntry[];
  failures: readonly string[];
  /** Whether the venue answered all that was asked: orders, and of a whole one fills and what it holds. */
  hasSeenAll: boolean;
  /** Rows that are under way, or were until now. */
  records: readonly OrderRecord[];
  /** What the venue had open; undefined where it did not say. */
  openOrders: readonly VenueOrder[] | undefined;
  memory: ReconcileMemory;
}>;

/** Fills are asked for anew from so long before the newest that was seen: the venue's queries may lag behind it. */
const fillsOverlapMs = 60_000;
const dayMs = 86_400_000;

/**
 * Store against venue: intents that nobody drives, orders, fills, funding, then what the venue holds (orders.md 8).
 * Where a restored store does not know of markets that a difference points to, once more with their fills.
 */
export async function reconcileAccount(desk: OrderDesk, options: ReconcileOptions): Promise<ReconcileReport> {
  const { report, asked } = await reconcileOnce(desk, options);
  const forgotten = options.whole ? await forgottenMarkets(desk, report.drift, asked) : {};
  if (Object.keys(forgotten).length === 0) return report;
  const fillsFromMs = { ...report.memory.fillsFromMs, ...forgotten };
  // Only what an earlier reconciliation saw too is booked as a difference.
  const memory = { ...report.memory, fillsFromMs, drift: options.memory.drift };
  const { report: second } = await reconcileOnce(desk, { ...options, memory });
  return {
    ...second,
    done: [...report.done, ...second.done],
    corrections: report.corrections + second.corrections,
    booked: [...report.booked, ...second.booked],
    failures: [...report.failures, ...second.failures],
    openOrders: second.openOrders ?? report.openOrders,
  };
}

type OnceReconciled = Readonly<{ report: ReconcileReport; asked: ReadonlySet<string> }>;

async function reconcileOnce(desk: OrderDesk, options: ReconcileOptions): Promise<OnceReconciled> {
  const { account, orders, exchange, nowMs } = desk;
  const { memory, whole, isAlive, signal } = options;
  const recent = await recentOrders(orders, account, nowMs());
  const fillsSince = whole ? sinceOf(recent, memory, nowMs()) : new Map<string, number>();
  const askFunding = () => fundingQuestion(desk, { asked: fillsSince.keys(), memory: memory.funding });
  const seen = await seeVenue(exchange, { fillsSince, ...(whole && { funding: askFunding }), holdings: whole, signal });
  const records = await withNamed(desk, recent, seen);
  const fills = seen.fills ?? [];
  const knownFills = (await Promise.all(fills.map((fill) => orders.knownFill(account, fill)))).filter(
    (fill) => fill !== undefined,
  );
  const actions = planReconcile({
    records,
    aliveOwners: await aliveAmong(records, isAlive),
    openOrders: seen.openOrders,
    fills: seen.fills,
    knownFills,
    nowMs: nowMs(),
  });
  const failures = [...seen.failures];
  const done: string[] = [];
  const missing = new Map<string, number>();
  const noteMissing = (clientOrderId: string, sinceMs: number) => missing.set(clientOrderId, sinceMs);
  await Promise.all(
    actions.map(async (action) => {
      try {
        done.push(await performAction(desk, action, { signal, missing: memory.missing, noteMissing }));
      } catch (thrown) {
        signal.throwIfAborted();
        // A look that failed says nothing: neither that it is missing, nor that it is not.
        if (action.type === 'look') keepMissing(missing, memory, action.clientOrderId);
        failures.push(`${action.type}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    }),
  );
  // After the fills, by which books hold what it is paid on; before what is left over is judged.
  const funding = await keepFunding(desk, seen, options);
  done.push(...funding.done);
  failures.push(...funding.failures);
  const compared = { ...options, hasFunding: funding.isBooked };
  const { drift, booked } = whole ? await compareHoldings(desk, seen, compared) : { drift: memory.drift, booked: [] };
  const under = records.filter((record) => !isSettled(record)).map(({ intent }) => intent.clientOrderId);
  const after = await Promise.all(under.map((id) => orders.order(id)));
  const report = {
    done,
    drift,
    corrections: booked.length / 2,
    booked,
    failures,
    hasSeenAll: seen.failures.length + funding.failures.length === 0,
    records: after.filter((record) => record !== undefined),
    openOrders: seen.openOrders,
    memory: {
      drift,
      fillsFromMs: seen.fills === undefined ? memory.fillsFromMs : await askFrom(desk, fills, memory),
      funding: funding.memory,
      missing: seen.openOrders === undefined ? memory.missing : Object.fromEntries(missing),
    },
  };
  return { report, asked: new Set(fillsSince.keys()) };
}

type FundingKept = Readonly<{
  /** Whether all that the venue told is in the ledger. */
  isBooked: boolean;
  done: readonly string[];
  failures: readonly string[];
  memory: FundingMemory | undefined;
}>;

async function keepFunding(desk: OrderDesk, seen: VenueSeen, options: ReconcileOptions): Promise<FundingKept> {
  const { memory, whole, signal } = options;
  const nothing = { done: [], failures: [], memory: memory.funding };
  if (!whole || desk.exchange.fundingSince === undefined) return { ...nothing, isBooked: true };
  if (seen.funding === undefined) return { ...nothing, isBooked: false };
  const { sinceMs, payments } = seen.funding;
  const known = { sinceMs, booked: memory.funding?.booked ?? [] };
  try {
    return { ...nothing, isBooked: true, ...(await bookFunding(desk, payments, known)) };
  } catch (thrown) {
    signal.throwIfAborted();
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return { ...nothing, isBooked: false, failures: [`funding: ${text}`] };
  }
}

function keepMissing(into: Map<string, number>, { missing }: ReconcileMemory, clientOrderId: string): void {
  const sinceMs = missing[clientOrderId];
  if (sinceMs !== undefined) into.set(clientOrderId, sinceMs);
}

/** Symbols of recent orders, each from the newest fill that was seen. */
function sinceOf(records: readonly OrderRecord[], memory: ReconcileMemory, nowMs: number): Map<string, number> {
  const symbols = new Set([...records.map(({ intent }) => intent.symbol), ...Object.keys(memory.fillsFromMs)]);
  return new Map([...symbols].map((symbol) => [symbol, memory.fillsFromMs[symbol] ?? nowMs - dayMs]));
}

/** Where the next question begins; never past a fill that is not booked yet, because it waits or because that failed. */
async function askFrom(
  { account, orders }: OrderDesk,
  fills: readonly Fill[],
  { fillsFromMs }: ReconcileMemory,
): Promise<Record<string, number>> {
  const from = { ...fillsFromMs };
  for (const { symbol, venueMs } of fills) from[symbol] = Math.max(from[symbol] ?? 0, venueMs - fillsOverlapMs);
  for (const fill of fills) {
    if ((await orders.knownFill(account, fill)) !== undefined) continue;
    from[fill.symbol] = Math.min(from[fill.symbol] ?? fill.venueMs, fill.venueMs);
  }
  return from;
}

/** The venue may name orders of ours that ended long ago. */
async function withNamed(
  { orders }: OrderDesk,
  recent: readonly OrderRecord[],
  { openOrders = [], fills = [] }: VenueSeen,
): Promise<OrderRecord[]> {
  const known = new Map(recent.map((record) => [record.intent.clientOrderId, record]));
  for (const { clientOrderId } of [...openOrders, ...fills]) {
    if (clientOrderId === undefined || known.has(clientOrderId)) continue;
    const record = await orders.order(clientOrderId);
    if (record !== undefined) known.set(clientOrderId, record);
  }
  return [...known.values()];
}

async function aliveAmong(records: readonly OrderRecord[], isAlive: ReconcileOptions['isAlive']): Promise<string[]> {
  const owners = [...new Set(records.filter((record) => !isSettled(record)).map((each) => each.ownerWorkflowId))];
  const alive = await Promise.all(owners.map(async (owner) => owner !== '' && (await isAlive(owner))));
  return owners.filter((_, place) => alive[place]);
}

/** What the venue holds against the ledger; a difference that stays is booked as external, and said. */
async function compareHoldings(
  desk: OrderDesk,
  seen: VenueSeen,
  { memory, beforeBooking, hasFunding }: ReconcileOptions & Readonly<{ hasFunding: boolean }>,
): Promise<Readonly<{ drift: readonly Drift[]; booked: readonly LedgerEntry[] }>> {
  const { account, orders, exchange, nowMs } = desk;
  const [recent, venueMs] = await Promise.all([
    recentOrders(orders, account, nowMs()),
    askVenue(exchange.venueTimeMs()),
  ]);
  const funded = await fundedAssets(desk, seen, { hasFunding, venueMs });
  const moving = [...(await movingAssets(desk, recent)), ...funded];
  const facts = { account, before: memory.drift, moving, venueMs };
  const first = planCorrections({ ...facts, holdings: await holdingsOf(desk, seen), booked: [] });
  if (first.entries.length === 0) return { drift: first.drift, booked: [] };
  // Only now, because it reads the ledger. Its sums are read after it: another keeper may have booked this meanwhile,
  // and then either the difference is gone or the id is the same.
  const rows = await orders.entries(account, ledgerRows);
  const earlier = rows.filter((entry) => entry.ledgerAccount === 'external');
  const known = { booked: earlier, allBooked: rows.length < ledgerRows };
  const { drift, entries } = planCorrections({ ...facts, ...known, holdings: await holdingsOf(desk, seen) });
  if (entries.length > 0 && beforeBooking !== undefined) await beforeBooking(entries);
  if (entries.length > 0) await orders.postEntries(entries);
  return { drift, booked: entries };
}

/** What the venue said that it holds, beside what the ledger says now. */
async function holdingsOf({ account, orders }: OrderDesk, { assets, positions }: VenueSeen): Promise<Holding[]> {
  const totals = await orders.ledgerTotals(account);
  const ledger = (ledgerAccount: string) => {
    const sums = new Map<string, string>();
    for (const total of totals) {
      if (total.ledgerAccount !== ledgerAccount) continue;
      sums.set(total.asset, sumText(sums.get(total.asset) ?? '0', total.amount));
    }
    return sums;
  };
  return [
    ...both('assets', ledger('assets'), assets && mapValues(assets, (parts) => sumText(...parts))),
    ...both('positions', ledger('positions'), positions),
  ];
}

/** The newest entries, in which earlier corrections are counted. */
const ledgerRows = 10_000;

function both(
  ledgerAccount: Holding['ledgerAccount'],
  ledger: ReadonlyMap<string, string>,
  venue: ReadonlyMap<string, string> | undefined,
): Holding[] {
  if (venue === undefined) return [];
  const assets = new Set([...ledger.keys(), ...venue.keys()]);
  return [...assets].map((asset) => ({
    ledgerAccount,
    asset,
    ledger: ledger.get(asset) ?? '0',
    venue: venue.get(asset) ?? '0',
  }));
}

const mapValues = <A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Map<string, B> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));

/** Of orders that are under way, whose fills may come between the two readings. */
async function movingAssets({ exchange }: OrderDesk, records: readonly OrderRecord[]): Promise<string[]> {
  const symbols = new Set(records.filter((record) => !isSettled(record)).map(({ intent }) => intent.symbol));
  const markets = await askVenue(exchange.markets());
  return markets
    .filter(({ symbol }) => symbols.has(symbol))
    .flatMap(({ symbol, base, quote, settle }) => [symbol, base, quote, settle ?? quote]);
}

import type { Fill, VenueOrder } from '../orders/types.ts';
import type { Exchange, FillPage, FundingPage, FundingPayment, FundingQuery } from '../ports/exchange.ts';

/** Pages of one symbol's fills, or of all funding, in one reconciliation; more wait for the next. */
const mostPages = 50;

/** A query that failed says nothing: `undefined` is not "nothing there". */
async function orNothing<T>(question: Promise<T>, failures: string[], what: string): Promise<T | undefined> {
  try {
    return await question;
  } catch (thrown) {
    failures.push(`${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return undefined;
  }
}

/** All payments since then. */
export type FundingSeen = Readonly<{ sinceMs: number; payments: readonly FundingPayment[] }>;

export type VenueSeen = Readonly<{
  openOrders: readonly VenueOrder[] | undefined;
  fills: readonly Fill[] | undefined;
  /** Undefined too where it was not asked for. */
  funding: FundingSeen | undefined;
  /** Amounts that the venue holds, by asset (or, of perpetuals, by symbol). */
  assets: ReadonlyMap<string, readonly string[]> | undefined;
  positions: ReadonlyMap<string, string> | undefined;
  failures: readonly string[];
}>;

/** `symbols` with fills since when; balances and positions only where they are wanted. */
export type VenueQuestion = Readonly<{
  fillsSince: ReadonlyMap<string, number>;
  /** What to ask of funding, if anything: a question that cannot be put has failed. */
  funding?(): Promise<FundingQuery | undefined>;
  holdings: boolean;
  signal?: AbortSignal;
}>;

/**
 * What one reconciliation asks of the venue: orders, then fills, then funding, then what it holds. In this order, since
 * what a balance shows must have been told before.
 */
export async function seeVenue(
  exchange: Exchange,
  { fillsSince, funding, holdings, signal }: VenueQuestion,
): Promise<VenueSeen> {
  const stop = signal && { signal };
  const failures: string[] = [];
  const openOrders = await orNothing(exchange.openOrders(undefined, stop), failures, 'open orders');
  const fills: Fill[] = [];
  let allFills = true;
  for (const [symbol, sinceMs] of fillsSince) {
    const found = await orNothing(symbolFills(exchange, symbol, { sinceMs, signal }), failures, `fills of ${symbol}`);
    if (found === undefined) allFills = false;
    else fills.push(...found);
  }
  const paid = funding && (await orNothing(allFunding(exchange, funding(), signal), failures, 'funding'));
  const balances = holdings ? await orNothing(exchange.balances(stop), failures, 'balances') : undefined;
  const positions =
    holdings && exchange.traits.hasPositions
      ? await orNothing(exchange.positions(stop), failures, 'positions')
      : undefined;
  signal?.throwIfAborted();
  return {
    openOrders,
    fills: allFills ? fills : undefined,
    funding: paid,
    assets: balances && new Map(balances.map(({ asset, free, locked }) => [asset, [free, locked]])),
    positions: positions && new Map(positions.map(({ symbol, amount }) => [symbol, amount])),
    failures,
  };
}

async function symbolFills(
  exchange: Exchange,
  symbol: string,
  { sinceMs, signal }: Readonly<{ sinceMs: number; signal: AbortSignal | undefined }>,
): Promise<Fill[]> {
  const fills: Fill[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const page: FillPage = await exchange.fillsSince(symbol, sinceMs, cursor, signal && { signal });
    fills.push(...page.fills);
    if (page.next === undefined) break;
    cursor = page.next;
  }
  return fills;
}

async function allFunding(
  exchange: Exchange,
  question: Promise<FundingQuery | undefined>,
  signal: AbortSignal | undefined,
): Promise<FundingSeen | undefined> {
  const query = await question;
  if (query === undefined) return undefined;
  const payments: FundingPayment[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const page: FundingPage | undefined = await exchange.fundingSince?.({ ...query, cursor }, signal && { signal });
    payments.push(...(page?.payments ?? []));
    cursor = page?.next;
    if (cursor === undefined) break;
  }
  return { sinceMs: query.sinceMs, payments };
}

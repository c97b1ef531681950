import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { DeskError } from '../../../core/errors.ts';
import { haltCancelAll } from '../../../core/order-desk/halt-account.ts';
import { askVenue } from '../../../core/order-desk/venue-failures.ts';
import type { AccountState } from '../../../core/ports/order-store.ts';
import { notice, print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { cancelUnwritten, haltWithoutStore, isAway } from './halt-without-store.ts';
import { type Halted, type HaltOptions, problemOf, tell } from './halted.ts';
import { requireKnownAccount, requireMarketName, requireReason } from './known-account.ts';
import { tellGuard } from './tell-guard.ts';
import { openTradingDesk, type TradingDesk } from './trading-desk.ts';

/**
 * Halts one account, or all: first the flag in the store, which no order passes, then cancel-all at the venue until
 * nothing can come any more. Needs no Temporal; a guard that runs is told. A store that is away or full keeps nobody
 * from cancelling.
 */
export async function haltByHand(account: string | undefined, options: HaltOptions): Promise<void> {
  const trading = await openTradingDesk().catch(async (thrown: unknown) => {
    if (options.symbol !== undefined || !isAway(thrown)) throw thrown;
    await haltWithoutStore(thrown, account, options);
  });
  if (trading === undefined) return;
  const { signal, release } = stopSignal();
  try {
    if (options.symbol !== undefined) requireMarketName(options.symbol);
    if (account !== undefined) await requireKnownAccount(trading, account);
    const names = account === undefined ? await everyAccount(trading) : [account];
    const why = { reason: options.reason ?? 'halted by hand', by: asker() };
    const work = (name: string) =>
      options.symbol === undefined
        ? haltAccount(trading, name, { ...why, wait: options.wait, signal })
        : haltSymbol(trading, name, { ...why, symbol: options.symbol });
    const halted = await Promise.all(names.map(work));
    tell(halted, options);
  } finally {
    release();
    await trading.close();
  }
}

/** The accounts that are set up; where their file cannot be read, those that the store knows. */
async function everyAccount({ accounts, orders }: TradingDesk): Promise<readonly string[]> {
  try {
    const names = accounts.list().map(({ account }) => account);
    if (names.length > 0) return names;
    throw new DeskError('NotFound', 'no account is set up', { file: 'config/api-keys.yaml' });
  } catch (thrown) {
    const known = await orders.accounts();
    if (known.length === 0) throw thrown;
    notice(`${problemOf(thrown)}; halting the accounts that the store knows: ${known.join(', ')}`);
    return known;
  }
}

type Why = Readonly<{ reason: string; by: string }>;

async function haltAccount(
  trading: TradingDesk,
  account: string,
  { reason, by, wait, signal }: Why & Readonly<{ wait: boolean; signal: AbortSignal }>,
): Promise<Halted> {
  // The flag needs no venue: where it cannot be asked for its time, ours stands in until it can.
  const hostMs = Date.now();
  const why = { reason, by, person: true };
  let sinceMs: number;
  try {
    ({ changedMs: sinceMs } = await trading.orders.setMode(account, 'HALTED', why, hostMs, hostMs));
  } catch (thrown) {
    if (!isAway(thrown)) throw thrown;
    return cancelUnwritten((await trading.of(account)).exchange, thrown, { account, reason, by, wait, signal });
  }
  const told = tellGuard(account, 'halt', { reason, by });
  // The first thing that may fail is the file of accounts; whatever it is, no order passes any more.
  let cancelAlls = 0;
  try {
    const desk = await trading.of(account);
    const limit = wait ? signal : AbortSignal.any([signal, AbortSignal.timeout(firstCancelMs)]);
    const onProgress = (state: Readonly<{ cancelAlls: number }>, failure: string) => {
      cancelAlls = state.cancelAlls;
      if (failure !== '') notice(`${account}: ${failure}`);
    };
    if (wait) notice(`${account} is HALTED; cancelling until nothing can come any more`);
    const end = await haltCancelAll(desk, { latestDeadlineMs: 0, sinceMs, signal: limit, onProgress }).catch(
      (thrown: unknown) => {
        if (limit.aborted) return undefined;
        throw thrown;
      },
    );
    await told;
    const { haltedVenueMs } = await trading.orders.accountState(account);
    const since = haltedVenueMs !== undefined && { haltedVenueMs };
    const early = end?.done === false && { resumed: true as const };
    return { account, ...since, cancelAlls: end?.cancelAlls ?? cancelAlls, allCancelled: end?.done === true, ...early };
  } catch (thrown) {
    await told;
    return { account, cancelAlls, allCancelled: false, problem: problemOf(thrown) };
  }
}

/** Enough for the first cancel-all, when the rest is left to the guard. */
const firstCancelMs = 3_000;

async function haltSymbol(
  { orders }: TradingDesk,
  account: string,
  { symbol, reason, by }: Why & Readonly<{ symbol: string }>,
): Promise<Halted> {
  await orders.haltSymbol(account, symbol, `${reason} (${by})`, Date.now());
  await tellGuard(account, 'halt', { reason, by, symbol });
  return { account, symbol, cancelAlls: 0, allCancelled: true };
}

export type ResumeOptions = Readonly<{ reason: string; symbol?: string; json?: true }>;

/** Ends a halt or REDUCING. Only a person does, and says why. */
export async function resumeByHand(account: string, { reason, symbol, json }: ResumeOptions): Promise<void> {
  requireReason(reason, 'why trading may go on');
  const trading = await openTradingDesk();
  try {
    const by = asker();
    if (symbol !== undefined) requireMarketName(symbol);
    await requireKnownAccount(trading, account);
    const before = await trading.orders.accountState(account);
    if (symbol === undefined) {
      const venueMs = await venueTimeOf(trading, account);
      await trading.orders.setMode(account, 'ACTIVE', { reason, by, person: true }, venueMs, Date.now());
    } else {
      await trading.orders.resumeSymbol(account, symbol, { reason, by }, Date.now());
    }
    await tellGuard(account, 'resume', { reason, by, ...(symbol !== undefined && { symbol }) });
    const state = await trading.orders.accountState(account);
    const wasHalted = symbol !== undefined && before.haltedSymbols.some((halted) => halted.symbol === symbol);
    if (json) printJson({ ...state, ...(symbol !== undefined && { wasHalted }) });
    else print(symbol === undefined ? `${account}: ${state.mode}` : resumedText(state, symbol, wasHalted));
  } finally {
    await trading.close();
  }
}

/** Whoever mistypes a market must see that the one that they meant is halted still. */
function resumedText({ account, haltedSymbols }: AccountState, symbol: string, wasHalted: boolean): string {
  if (wasHalted) return `${account} ${symbol}: resumed`;
  const halted = haltedSymbols.map((each) => each.symbol).join(', ') || 'no market';
  return `${account} ${symbol}: was not halted; halted there: ${halted}`;
}

/** An account that is set up no more trades nowhere: its halt can be ended by our clock. */
async function venueTimeOf(trading: TradingDesk, account: string): Promise<number> {
  if (!trading.accounts.list().some((each) => each.account === account)) return Date.now();
  const { exchange } = await trading.of(account);
  return askVenue(exchange.serverTimeMs());
}

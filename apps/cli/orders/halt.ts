import { asker } from '../../../adapters/trial-ledger/asker.ts';
import { DeskError, errorDocument, errorLine } from '../../../core/errors.ts';
import { haltCancelAll } from '../../../core/order-desk/halt-account.ts';
import { askVenue, deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import type { AccountState } from '../../../core/ports/order-store.ts';
import { notice, print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { requireKnownAccount, requireMarketName, requireReason } from './known-account.ts';
import { tellGuard } from './tell-guard.ts';
import { openTradingDesk, type TradingDesk } from './trading-desk.ts';

export type HaltOptions = Readonly<{ reason?: string; symbol?: string; wait: boolean; json?: true }>;

type Halted = Readonly<{
  account: string;
  /** Only this market was. */
  symbol?: string;
  haltedVenueMs?: number;
  cancelAlls: number;
  allCancelled: boolean;
  /** Somebody ended the halt before everything was cancelled. */
  resumed?: true;
  problem?: string;
}>;

/**
 * Halts one account, or all: first the flag in the store, which no order passes, then cancel-all at the venue until
 * nothing can come any more. Needs no Temporal; a guard that runs is told.
 */
export async function haltByHand(account: string | undefined, options: HaltOptions): Promise<void> {
  const trading = await openTradingDesk();
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
    if (options.json) printJson({ accounts: halted });
    else halted.forEach(show);
    if (halted.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
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

const problemOf = (thrown: unknown): string => errorLine(errorDocument(deskErrorOfVenue(thrown)));

type Why = Readonly<{ reason: string; by: string }>;

async function haltAccount(
  trading: TradingDesk,
  account: string,
  { reason, by, wait, signal }: Why & Readonly<{ wait: boolean; signal: AbortSignal }>,
): Promise<Halted> {
  // The flag needs no venue: where it cannot be asked for its time, ours stands in until it can.
  const hostMs = Date.now();
  const why = { reason, by, person: true };
  const { changedMs: sinceMs } = await trading.orders.setMode(account, 'HALTED', why, hostMs, hostMs);
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

function show({ account, symbol, cancelAlls, allCancelled, resumed, problem }: Halted): void {
  if (symbol !== undefined) return print(`${account}: ${symbol} is HALTED; what rests there rests on`);
  if (resumed) return print(`${account}: resumed by somebody, after ${cancelAlls} cancel-alls`);
  const rest = allCancelled ? 'nothing is open' : 'the guard goes on cancelling';
  print(`${account}: HALTED, ${cancelAlls} cancel-alls, ${problem === undefined ? rest : notCancelled(problem)}`);
}

const notCancelled = (problem: string): string =>
  `no order passes, but what is open could not be cancelled from here: ${problem} (then halt again, or cancel at the venue)`;

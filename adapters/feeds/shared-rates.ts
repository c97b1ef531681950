import { DeskError } from '../../core/errors.ts';
import type { AccountKeys } from '../exchange/account-keys.ts';
import { binanceErrors } from '../exchange/errors/binance.ts';
import { type ErrorTable, failureOf } from '../exchange/errors/failure.ts';
import { krakenErrors } from '../exchange/errors/kraken.ts';
import type { TakeTurn } from '../exchange/kraken/nonce-gate.ts';
import { binanceSpotRates, binanceUsdmRates } from '../exchange/rate-budget/binance.ts';
import { krakenRates, type KrakenTier } from '../exchange/rate-budget/kraken.ts';
import { budgetFile, createRateBudget, machineMs, type RateBudget } from '../exchange/rate-budget/rate-budget.ts';
import { addressOf, keyOf, type PricedCall, type RateRules } from '../exchange/rate-budget/rules.ts';
import type { JsonRequest } from './rest.ts';

/** What came of a request, as far as budgets go. Names of headers in lower case. */
export type Heard = Readonly<{ status: number; headers: Readonly<Record<string, string>>; text: string }>;

/**
 * The budget that a feed shares with the orders and reads of its address and key (orders.md 8): a venue counts them
 * together. A feed counts as a read.
 */
export type SharedRates = Readonly<{
  /** Takes what the request costs, waiting for it up to 10 s; throws VenueError `rateLimited` where it takes longer. */
  spend(request: JsonRequest, signal: AbortSignal): Promise<void>;
  /** What the venue says it has counted, and how long it wants to hear nothing, is everybody's from here on. */
  heard(request: JsonRequest, answer: Heard): void;
  /** Of a key whose requests have to arrive in the order of their nonces: its turn among all processes. */
  takeTurn: TakeTurn;
  close(): void;
}>;

export type RatesOf = Readonly<{
  venue: string;
  /** As the account's: two roots are two addresses. */
  baseUrl?: string;
  /** Left out for public streams. */
  keys?: AccountKeys;
  /** Default: starter, the slowest. */
  krakenTier?: KrakenTier;
}>;

type Venue = Readonly<{ rules(tier: KrakenTier): RateRules; errors: ErrorTable }>;

const venues: Readonly<Record<string, Venue>> = {
  binance: { rules: () => binanceSpotRates, errors: binanceErrors },
  binanceusdm: { rules: () => binanceUsdmRates, errors: binanceErrors },
  kraken: { rules: krakenRates, errors: krakenErrors },
};

/** The budget in the desk's state folder, for a venue whose sockets we speak. */
export const openSharedRates = (of: RatesOf, stateFolder: string): SharedRates =>
  createSharedRates(of, createRateBudget({ file: budgetFile(stateFolder) }));

/** `nowMs`: the venue's time, as near as this machine's clock knows it. */
export function createSharedRates(
  { venue, baseUrl, keys, krakenTier = 'starter' }: RatesOf,
  budget: RateBudget,
  nowMs: () => number = Date.now,
): SharedRates {
  const known = Object.hasOwn(venues, venue) ? venues[venue] : undefined;
  if (known === undefined) throw new DeskError('Internal', 'a venue without rates', { found: venue });
  const { errors } = known;
  const rules = known.rules(krakenTier);
  const address = addressOf(venue, baseUrl);
  const key = keys === undefined ? `${venue} no key` : keyOf(venue, keys);
  const scopes = () => ({ address, key, shiftMs: nowMs() - machineMs() });
  return {
    spend: (request, signal) => budget.spend(rules.charges(pricedCall(request), scopes()), 'read', signal),
    heard: (request, { status, headers, text }) => {
      for (const { charge, used } of rules.corrections(headers, scopes())) budget.correct(charge, used);
      const judging = { sending: false, venueMs: nowMs(), redact: (words: string) => words };
      const failure = failureOf({ sent: true, status, headers, text }, errors, judging);
      if (failure?.kind !== 'rateLimited') return;
      const { retryAfterMs = 1_000, guessed = false } = failure;
      budget.pause(rules.pausedScope(failure, pricedCall(request), scopes()), retryAfterMs, { guessed });
    },
    takeTurn: (least) => budget.takeTurn(key, least),
    close: budget.close,
  };
}

/** `/api/v3/ticker/bookTicker` and `/0/public/Trades`: a root, the part of the API, the method. */
function pricedCall({ method = 'GET', path, query = {}, weight = 1 }: JsonRequest): PricedCall {
  const [, , api = '', ...name] = path.split('/');
  return { api, method, path: name.join('/'), params: query, purpose: 'read', weight };
}

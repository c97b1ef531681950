import type { Exchange as CcxtExchange } from 'ccxt';
import { DeskError } from '../../../core/errors.ts';
import { VenueError, type VenueFailure } from '../../../core/ports/exchange.ts';
import { failureOf, type ErrorTable } from '../errors/failure.ts';
import { machineMs, type RateBudget } from '../rate-budget/rate-budget.ts';
import type { PricedCall, RateRules, Scopes } from '../rate-budget/rules.ts';
import { currentCall, withinCall, type Attempt, type CallContext } from './attempt.ts';
import type { CcxtClient } from './client.ts';
import { readJson } from './read-json.ts';

/**
 * What a call is for: `send` may not be repeated and is judged as a request that could have been accepted; `look` and
 * `cancel` may use the reserve of the rate budget.
 */
export type Purpose = 'read' | 'look' | 'cancel' | 'send';

export type VenueCall = Readonly<{
  /** ccxt's name of the part of the API, as `private` or `fapiPrivateV3`. */
  api: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  params?: Readonly<Record<string, string | number | boolean>>;
  purpose: Purpose;
  signal?: AbortSignal | undefined;
}>;

export type Session = Readonly<{
  client: CcxtClient;
  /** One request, once. The JSON of its answer; throws VenueError. */
  request(call: VenueCall): Promise<unknown>;
  /** Work of ccxt that may make several requests; the failure is that of the last one. Throws VenueError. */
  unified<Result>(purpose: Purpose, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** Takes what an order costs from the rate budget before it is submitted. Throws VenueError `rateLimited`. */
  payToSend(call: Readonly<{ api: string; path: string; params: PricedCall['params'] }>): Promise<void>;
}>;

/** The budget, the venue's prices, and whose meters they run on. */
export type SessionRates = Readonly<{ budget: RateBudget; rules: RateRules; address: string; key: string }>;

export type SessionOptions = Readonly<{
  client: CcxtClient;
  errors: ErrorTable;
  rates: SessionRates;
  timeoutMs: number;
  /** The venue's time where it is known already. */
  venueMs: () => number | undefined;
  /** Of venues that take requests only in the order of their nonces. */
  inTurn?: InTurn;
}>;

/** Sends a request, signed then and there, when it is its turn. */
export type InTurn = <Result>(call: PricedCall, send: () => Promise<Result>) => Promise<Result>;

const atOnce: InTurn = (_call, send) => send();

export function createSession({ client, errors, rates, timeoutMs, venueMs, inTurn = atOnce }: SessionOptions): Session {
  const { ccxt } = client;
  const judged = (attempt: Attempt, purpose: Purpose) =>
    failureOf(attempt, errors, { sending: purpose === 'send', venueMs: venueMs(), redact: client.redact });
  const scopes = () => scopesOf(rates, venueMs());
  payForRequests(client, rates, { timeoutMs, scopes, judged, inTurn });
  return {
    client,
    request: async ({ api, method, path, params = {}, purpose, signal }) => {
      const call: CallContext = { attempts: [], purpose, timeoutMs, signal };
      const once = { ...params, maxRetriesOnFailure: 0 };
      try {
        await withinCall(call, () => ccxt.fetch2(path, api, method, once));
      } catch (thrown) {
        // What ccxt makes of the answer is left aside: its classes depend on the address and on earlier calls.
        if (thrown instanceof VenueError) throw thrown;
      }
      const attempt = call.attempts[0] ?? unmade;
      const failure = judged(attempt, purpose);
      if (failure !== undefined) throw new VenueError(failure);
      return readJson(attempt.text ?? '');
    },
    unified: async (purpose, work, signal) => {
      const call: CallContext = { attempts: [], purpose, timeoutMs, signal };
      try {
        return await withinCall(call, work);
      } catch (thrown) {
        if (thrown instanceof DeskError || thrown instanceof VenueError) throw thrown;
        const last = call.attempts.at(-1) ?? unmade;
        throw new VenueError(judged(last, purpose) ?? notUnderstood(thrown));
      }
    },
    payToSend: (call) =>
      rates.budget.spend(rates.rules.charges({ ...call, method: 'POST', purpose: 'send' }, scopes()), 'send'),
  };
}

const scopesOf = ({ address, key }: SessionRates, venueMs: number | undefined): Scopes => ({
  address,
  key,
  shiftMs: venueMs === undefined ? 0 : venueMs - machineMs(),
});

type Judging = Readonly<{
  timeoutMs: number;
  scopes: () => Scopes;
  judged: (attempt: Attempt, purpose: Purpose) => VenueFailure | undefined;
  inTurn: InTurn;
}>;

/**
 * Every request of the client, unified calls' own included, is paid for before it is signed; an order before it is
 * submitted (`payToSend`), because one that is submitted and then held back counts as unknown.
 */
function payForRequests(
  { ccxt }: CcxtClient,
  rates: SessionRates,
  { timeoutMs, scopes: now, judged, inTurn }: Judging,
): void {
  const { budget, rules } = rates;
  const send = ccxt.fetch2.bind(ccxt);
  ccxt.fetch2 = async (...request: Parameters<CcxtExchange['fetch2']>) => {
    const [path, api = 'public', method = 'GET', params = {}] = request;
    const outer = currentCall();
    const { purpose = 'read', signal } = outer ?? {};
    const call: PricedCall = { api: String(api), method, path, params: params as Record<string, unknown>, purpose };
    const scopes = now();
    if (purpose !== 'send') await budget.spend(rules.charges(call, scopes), purpose, signal);
    const attempts: Attempt[] = [];
    try {
      return await inTurn(call, () => withinCall({ timeoutMs, signal, purpose, attempts }, () => send(...request)));
    } finally {
      outer?.attempts.push(...attempts);
      for (const attempt of attempts) {
        for (const { charge, used } of rules.corrections(attempt.headers, scopes)) budget.correct(charge, used);
        const failure = judged(attempt, purpose);
        if (failure?.kind === 'rateLimited') {
          const { retryAfterMs = 1_000, guessed = false } = failure;
          budget.pause(rules.pausedScope(failure, call, scopes), retryAfterMs, { guessed });
        }
      }
    }
  };
}

/** ccxt threw before it made a request: it could not sign, or knows no such market. */
const unmade: Attempt = { sent: false, headers: {}, problem: 'it could not be made' };

/** A good answer that ccxt stumbled over. Its own message is not passed on: it may quote the request. */
const notUnderstood = (thrown: unknown): VenueFailure => ({
  kind: 'unknown',
  code: '',
  message: `the answer was not understood (${thrown instanceof Error ? thrown.name : typeof thrown})`,
});

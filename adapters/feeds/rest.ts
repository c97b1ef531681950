import { DeskError } from '../../core/errors.ts';
import { VenueError } from '../../core/ports/exchange.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { createRateLimiter, type RateLimit } from '../http/rate-limiter.ts';
import type { Secret } from '../http/secret.ts';
import type { SharedRates } from './shared-rates.ts';
import { sleep, type Timers } from './timers.ts';

/** One answer is never larger, and never waited for longer. */
const maxAnswerBytes = 16 * 1024 * 1024;
const timeoutMs = 10_000;

export type JsonRequest = Readonly<{
  method?: 'GET' | 'POST' | 'PUT';
  path: string;
  query?: Readonly<Record<string, string | number>>;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Signs it when it may go, and sends it: a nonce that waited for a budget would come after those of later ones. */
  signing?: (send: (signed: Signed) => Promise<Response>) => Promise<Response>;
  /** Keys that it carries: no error shows them, nor what came instead of JSON, which may hold a new one. */
  secrets?: readonly Secret[];
  /** What it costs in the budget's units; 1 where nothing is said. */
  weight?: number;
}>;

export type Signed = Pick<JsonRequest, 'headers' | 'body'>;

export type JsonClient = (request: JsonRequest, signal: AbortSignal) => Promise<unknown>;

/**
 * Asks one venue's REST for JSON within a budget of its own, and within the one that it shares with orders and reads of
 * the same address. Follows no redirect, repeats nothing. After 429 and 418 nobody asks before the venue's Retry-After is
 * over.
 *
 * @throws DeskError RateLimited (its cause, a VenueError, says for how long), NotReachable, TimedOut, BadInput (4xx),
 * SourceChanged (no JSON), Cancelled; its text never holds query, header or body
 */
export function createJsonClient(base: string, limit: RateLimit, timers: Timers, rates?: SharedRates): JsonClient {
  const clock = {
    nowMs: () => timers.monotonicMs(),
    sleep: (ms: number, signal: AbortSignal) => sleep(timers, ms, signal),
  };
  const limiter = createRateLimiter(limit, clock);
  let bannedUntilMs = -Infinity;
  return async (request, signal) => {
    const leftMs = bannedUntilMs - timers.monotonicMs();
    if (leftMs > 0) throw limited(request, leftMs);
    try {
      for (let paid = 0; paid < (request.weight ?? 1); paid++) await limiter(signal);
      await rates?.spend(request, signal);
      const send = (signed: Signed = {}) => ask(base, { ...request, ...signed }, signal);
      const response = await (request.signing?.(send) ?? send());
      const heard = (text: string) => {
        const { status, headers } = response;
        rates?.heard(request, { status, headers: Object.fromEntries(headers), text });
      };
      if (response.status === 429 || response.status === 418) {
        const ms = retryAfterMs(response.headers.get('retry-after') ?? undefined, timers.nowMs()) ?? 60_000;
        bannedUntilMs = timers.monotonicMs() + ms;
        await response.body?.cancel();
        heard('');
        throw limited(request, ms);
      }
      // Before anybody cuts it for an error: half a key is no longer known as one.
      const body = await bodyOf(response);
      heard(body);
      const text = (request.secrets ?? []).reduce((rest, key) => key.redact(rest), body);
      if (response.status >= 400) throw refused(request, response.status, text);
      return parse(request, text);
    } catch (error) {
      if (signal.aborted) throw new DeskError('Cancelled', 'stopped', { path: request.path });
      if (error instanceof DeskError) throw error;
      if (error instanceof VenueError) throw limited(request, error.failure.retryAfterMs ?? 0);
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      throw new DeskError(timedOut ? 'TimedOut' : 'NotReachable', 'the venue does not answer', {
        path: request.path,
        found: causeOf(error),
      });
    }
  };
}

function ask(base: string, request: JsonRequest, signal: AbortSignal): Promise<Response> {
  const { method = 'GET', path, query = {}, headers = {}, body } = request;
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return fetch(`${base}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    ...(body !== undefined && { body }),
  });
}

async function bodyOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > maxAnswerBytes)
      throw new DeskError('ResourceExhausted', 'the answer is too large', { found: `${size} bytes` });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse({ path, secrets }: JsonRequest, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DeskError('SourceChanged', 'the venue answers something else', {
      path,
      expected: 'JSON',
      found: secrets === undefined ? text.slice(0, 100) : `${text.length} characters`,
    });
  }
}

const limited = ({ path }: JsonRequest, ms: number) =>
  new DeskError('RateLimited', 'the venue takes no more requests now', {
    path,
    expected: `another try in ${Math.ceil(ms / 1000)} s`,
    cause: new VenueError({ kind: 'rateLimited', code: '', message: 'too many requests', retryAfterMs: Math.ceil(ms) }),
  });

const refused = ({ path }: JsonRequest, status: number, text: string) =>
  new DeskError(status >= 500 ? 'NotReachable' : 'BadInput', 'the venue refuses the request', {
    path,
    found: `status ${status}: ${text.slice(0, 200)}`,
  });

/** A network error's code; its words may hold the address. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.name;
  return 'an unknown error';
}

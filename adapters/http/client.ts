import { DeskError, type ErrorPlace } from '../../core/errors.ts';
import type { Clock } from './clock.ts';
import { type Answer, exchange, type Question } from './exchange.ts';
import type { Network } from './network.ts';
import { type HttpRequest, type Provider, requestLabel } from './provider.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { refuseUnlessType } from './content-type.ts';
import { waitBefore } from './retries.ts';

/**
 * Asks providers within their limits. Answers are those of status 200 and of the type that was asked for; the key of
 * the request stands in none of their texts.
 */
export type HttpClient = Readonly<{
  get: (provider: Provider, request: HttpRequest, signal: AbortSignal) => Promise<Answer>;
  /** Asks once, and returns the cookies that the answer sets, whatever its status and type. */
  cookies: (provider: Provider, request: HttpRequest, signal: AbortSignal) => Promise<readonly string[]>;
}>;

export type HttpClientOptions = Readonly<{
  network: Network;
  clock: Clock;
  userAgent: string;
  /** From the look-up of a name to the last byte of one answer; 20 s by default. */
  timeoutMs?: number;
  /** The longest wait that a provider may ask for before the request is given up as RateLimited; 60 s by default. */
  maxWaitMs?: number;
  /** Tries of one request; 3 by default. */
  attempts?: number;
}>;

/** Of one answer, unless the request says otherwise. */
const maxAnswerBytes = 8 * 1024 * 1024;

/**
 * A client for the fetch halves: hosts of the provider only, one rate limit a provider, retries as the answers say.
 *
 * @throws DeskError of `exchange`, NotAuthorized (401, 402, 403), NotFound (404), RateLimited, SourceChanged (redirects
 * and other types), BadInput (other 4xx); its path names the request without query and key
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { network, clock, userAgent, timeoutMs = 20_000, maxWaitMs = 60_000, attempts = 3 } = options;
  const limiters = new Map<string, RateLimiter>();
  const limiterOf = ({ name, limit }: Provider) => {
    const limiter = limiters.get(name) ?? createRateLimiter(limit, clock);
    limiters.set(name, limiter);
    return limiter;
  };

  const once = async (provider: Provider, request: HttpRequest, signal: AbortSignal): Promise<Answer> => {
    if (!provider.hosts.includes(request.host))
      throw new DeskError('Internal', `${request.host} is no host of ${provider.name}`);
    await limiterOf(provider)(signal);
    const limits = { timeoutMs, maxBytes: request.maxBytes ?? maxAnswerBytes };
    const answer = await exchange(questionOf(request, userAgent), { network, limits, signal });
    // Before anybody cuts it for an error: half a key is no longer known as one.
    return { ...answer, text: withoutKey(request, answer.text) };
  };
  const patiently = async (provider: Provider, request: HttpRequest, signal: AbortSignal): Promise<Answer> => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await outcomeOf(once(provider, request, signal));
      const wait = waitBefore(outcome, { provider, attempt, nowMs: clock.nowMs() });
      if (wait === undefined || attempt === attempts || wait > maxWaitMs)
        return accepted(outcome, { provider, waitMs: wait, keyed: request.secret !== undefined });
      await clock.sleep(wait, signal);
    }
  };

  return {
    get: async (provider, request, signal) => {
      try {
        const answer = await patiently(provider, request, signal);
        refuseUnlessType(answer, request.accept, provider.name);
        return answer;
      } catch (thrown) {
        throw explained(thrown, request, signal);
      }
    },
    cookies: async (provider, request, signal) => {
      try {
        return (await once(provider, request, signal)).headers['set-cookie'] ?? [];
      } catch (thrown) {
        throw explained(thrown, request, signal);
      }
    },
  };
}

const withoutKey = ({ secret }: HttpRequest, text: string): string => secret?.value.redact(text) ?? text;

/** What a try came to: an answer of whatever status, or why there is none. */
type Outcome = Answer | DeskError;

async function outcomeOf(exchanged: Promise<Answer>): Promise<Outcome> {
  try {
    return await exchanged;
  } catch (thrown) {
    if (thrown instanceof DeskError) return thrown;
    throw thrown;
  }
}

function questionOf(request: HttpRequest, userAgent: string): Question {
  const { host, path, query = {}, headers = {}, secret } = request;
  const search = new URLSearchParams(query);
  const own: Record<string, string> = { 'user-agent': userAgent, ...headers };
  let target = path;
  if (secret !== undefined) {
    const { value, place } = secret;
    if (place === 'path') target = path.replace('{key}', encodeURIComponent(value.reveal()));
    else if ('query' in place) search.set(place.query, value.reveal());
    else own[place.header] = value.reveal();
  }
  const text = search.toString();
  return { host, path: text === '' ? target : `${target}?${text}`, headers: own };
}

type Judged = Readonly<{ provider: Provider; waitMs: number | undefined; keyed: boolean }>;

function accepted(outcome: Outcome, { provider, waitMs, keyed }: Judged): Answer {
  const { name, limitedStatuses = [] } = provider;
  if (outcome instanceof DeskError) throw outcome;
  const { status, headers, text } = outcome;
  const limited = status === 429 || limitedStatuses.includes(status);
  if (limited || (waitMs !== undefined && status < 500)) {
    const expected = waitMs === undefined ? undefined : `another try in ${Math.ceil(waitMs / 1000)} s`;
    throw new DeskError('RateLimited', `${name} takes no more requests now`, {
      ...(expected !== undefined && { expected }),
      found: `status ${status}`,
    });
  }
  const found = `status ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`;
  if (status >= 200 && status < 300) return outcome;
  if (status >= 300 && status < 400) {
    throw new DeskError('SourceChanged', `${name} redirects, which is not followed`, {
      found: `to ${hostOf(headers.location)}`,
    });
  }
  if (status === 402) throw new DeskError('NotAuthorized', `${name} wants a paid plan for this`, { found });
  if (status === 401 || status === 403)
    throw new DeskError('NotAuthorized', `${name} ${keyed ? 'does not accept the key' : 'does not answer us'}`, {
      found,
    });
  if (status === 404) throw new DeskError('NotFound', `${name} knows nothing under that name`, { found });
  if (status >= 500) throw new DeskError('NotReachable', `${name} is out of order`, { found });
  throw new DeskError('BadInput', `${name} refuses the request`, { found });
}

const hostOf = (location = ''): string => (URL.canParse(location) ? new URL(location).host : 'nowhere in particular');

/** Names the request, hides its key, and tells a stop from a failure. No cause goes on: it may hold the key. */
function explained(thrown: unknown, request: HttpRequest, signal: AbortSignal): unknown {
  if (signal.aborted) return new DeskError('Cancelled', 'stopped', { path: requestLabel(request) });
  if (!(thrown instanceof DeskError)) return thrown;
  const hide = (text: string) => withoutKey(request, text);
  const { expected, found } = thrown.place;
  const place: ErrorPlace = {
    path: requestLabel(request),
    ...(expected !== undefined && { expected: hide(expected) }),
    ...(found !== undefined && { found: hide(found) }),
  };
  return new DeskError(thrown.code, hide(thrown.message), place);
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { DeskError } from '../../core/errors.ts';
import { type Endpoint, type Network, publicEndpoint } from './network.ts';
import { readBody } from './read-body.ts';

/** What is asked of a host, with its secrets in place: never printed. */
export type Question = Readonly<{ host: string; path: string; headers: Readonly<Record<string, string>> }>;

export type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>;

/** `timeoutMs` holds from the look-up of the name to the last byte, so a slow drip ends too. */
type ExchangeLimits = Readonly<{ timeoutMs: number; maxBytes: number }>;

type Terms = Readonly<{ network: Network; limits: ExchangeLimits; signal: AbortSignal }>;

/**
 * One GET over TLS, one answer: no redirect is followed and no connection kept.
 *
 * @throws DeskError NotReachable, TimedOut, Cancelled, ResourceExhausted (too large), SourceChanged (no text, or a name
 * that resolves to an address inside)
 */
export async function exchange(question: Question, { network, limits, signal }: Terms): Promise<Answer> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const stop = AbortSignal.any([signal, timeout]);
  try {
    const endpoint = await unlessStopped(publicEndpoint(question.host, network), stop);
    const response = await ask(question, endpoint, { network, stop });
    try {
      const text = await readBody(response, limits.maxBytes);
      return { status: response.statusCode ?? 0, headers: response.headers, text };
    } finally {
      response.destroy();
    }
  } catch (thrown) {
    if (signal.aborted) throw new DeskError('Cancelled', 'stopped', { cause: thrown });
    if (timeout.aborted) {
      const expected = `an answer within ${limits.timeoutMs / 1000} s`;
      throw new DeskError('TimedOut', `${question.host} did not answer in time`, { expected, cause: thrown });
    }
    if (thrown instanceof DeskError) throw thrown;
    const found = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new DeskError('NotReachable', `${question.host} cannot be reached`, { found, cause: thrown });
  }
}

type Way = Readonly<{ network: Network; stop: AbortSignal }>;

function ask({ host, path, headers }: Question, endpoint: Endpoint, { network, stop }: Way): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host,
      path,
      headers: { ...headers, host, 'accept-encoding': 'gzip' },
      createConnection: () => network.connect(endpoint),
      signal: stop,
    });
    asked.once('response', resolve).once('error', reject).end();
  });
}

/** A look-up cannot be stopped, but nobody has to wait for it. */
function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onStop = () => reject(new Error('stopped'));
    if (stop.aborted) onStop();
    stop.addEventListener('abort', onStop, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', onStop));
  });
}

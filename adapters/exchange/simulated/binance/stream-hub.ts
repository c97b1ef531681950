import { deliver, reply, type Connection } from '../connection.ts';
import type { BinanceHost } from './host.ts';
import { isServed } from './stream-names.ts';

/** Who listens to which stream of one Binance API. */
export type StreamHub = Readonly<{
  host: BinanceHost;
  subscribers: Map<string, Set<Connection>>;
  /** Sockets whose frames are wrapped as {stream, data}. */
  combined: WeakSet<Connection>;
}>;

/** Streams that one socket may listen to. */
const streamsLimit = 1024;

export const createStreamHub = (host: BinanceHost): StreamHub => ({
  host,
  subscribers: new Map(),
  combined: new WeakSet(),
});

export const isHeard = ({ subscribers }: StreamHub, stream: string): boolean => subscribers.has(stream);

export function subscribe({ subscribers }: StreamHub, connection: Connection, streams: readonly string[]): boolean {
  if (streamsOf({ subscribers }, connection).length + streams.length > streamsLimit) return false;
  for (const stream of streams) {
    const listeners = subscribers.get(stream) ?? new Set<Connection>();
    listeners.add(connection);
    subscribers.set(stream, listeners);
  }
  return true;
}

export function unsubscribe({ subscribers }: StreamHub, connection: Connection, streams: readonly string[]): void {
  for (const stream of streams) {
    const listeners = subscribers.get(stream);
    listeners?.delete(connection);
    if (listeners?.size === 0) subscribers.delete(stream);
  }
}

export const streamsOf = ({ subscribers }: Pick<StreamHub, 'subscribers'>, connection: Connection): string[] =>
  [...subscribers].filter(([, listeners]) => listeners.has(connection)).map(([stream]) => stream);

/** Sends one event to everybody who listens; it is written once. */
export function publish(hub: StreamHub, stream: string, symbol: string, describe: () => unknown): void {
  const listeners = hub.subscribers.get(stream);
  if (listeners === undefined) return;
  const text = JSON.stringify(describe());
  let wrapped: string | undefined;
  for (const connection of listeners) {
    if (hub.combined.has(connection)) wrapped ??= `{"stream":"${stream}","data":${text}}`;
    const frame = hub.combined.has(connection) ? (wrapped ?? text) : text;
    deliver(hub.host.simulation, connection, frame, { stream, symbol });
  }
}

const namePattern = /^[!a-z0-9_@]+$/i;

/** Answers SUBSCRIBE, UNSUBSCRIBE and LIST_SUBSCRIPTIONS. */
export function answerSubscription(hub: StreamHub, connection: Connection, text: string): void {
  const send = (body: unknown) => reply(hub.host.simulation, connection, JSON.stringify(body));
  const invalid = (msg: string, id?: unknown) =>
    send({ error: { code: 2, msg: `Invalid request: ${msg}` }, ...(id !== undefined && { id }) });
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return send({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } });
  }
  if (typeof message !== 'object' || message === null) return invalid('expected an object');
  const { method, params, id } = message as Readonly<{ method?: unknown; params?: unknown; id?: unknown }>;
  if (method === 'LIST_SUBSCRIPTIONS') return send({ result: streamsOf(hub, connection), id });
  if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE') return invalid(`unknown variant \`${String(method)}\``, id);
  if (!Array.isArray(params) || !params.every((name) => typeof name === 'string' && namePattern.test(name))) {
    return invalid('params have to be names of streams', id);
  }
  const strange = params.find((name) => !isServed(hub.host, name));
  if (strange !== undefined) return invalid(`stream ${strange} is not simulated`, id);
  if (method === 'UNSUBSCRIBE') unsubscribe(hub, connection, params);
  else if (!subscribe(hub, connection, params)) return invalid('too many streams', id);
  send({ result: null, id });
}

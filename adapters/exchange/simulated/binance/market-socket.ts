import type { ConnectLimit } from '../connect-limit.ts';
import type { Connection } from '../connection.ts';
import { defectText, onMessage } from '../on-message.ts';
import { isServed } from './stream-names.ts';
import { answerSubscription, streamsOf, subscribe, unsubscribe, type StreamHub } from './stream-hub.ts';

/** How a Binance API keeps its sockets. */
export type SocketRules = Readonly<{ pingMs: number; pongWithinMs: number; messagesPerSecond: number }>;

export const spotSocketRules: SocketRules = { pingMs: 20_000, pongWithinMs: 60_000, messagesPerSecond: 5 };
export const usdmSocketRules: SocketRules = { pingMs: 180_000, pongWithinMs: 600_000, messagesPerSecond: 10 };

/** 300 connects in five minutes and address. */
export const binanceConnectLimit: ConnectLimit = { count: 300, withinMs: 300_000 };

const lifeMs = 24 * 3_600_000;

/** Serves subscriptions on a market data socket; names in the address are subscribed at once. */
export function openMarketSocket(hub: StreamHub, connection: Connection, rules: SocketRules): void {
  const [path = '', query = ''] = connection.url.split('?');
  const named = new URLSearchParams(query).get('streams');
  if (named !== null || path.endsWith('/stream')) hub.combined.add(connection);
  const streams =
    named === null ? path.split('/').filter((part) => part.includes('@') || part.startsWith('!')) : named.split('/');
  const strange = streams.find((name) => !isServed(hub.host, name));
  if (strange !== undefined) return connection.socket.close(1008, `stream ${strange} is not simulated`.slice(0, 120));
  subscribe(hub, connection, streams);
  const { socket } = connection;
  const allowed = messageBudget(hub.host.simulation, rules.messagesPerSecond);
  onMessage(hub.host.simulation, connection, {
    handle: (text) => {
      if (!allowed()) return socket.close(1008, 'Too many requests');
      answerSubscription(hub, connection, text);
    },
    failure: { error: { code: 0, msg: defectText } },
  });
  socket.on('close', () => unsubscribe(hub, connection, streamsOf(hub, connection)));
  keepAlive(connection, rules, hub.host.simulation.clocks.mode === 'manual');
}

/** Says whether one more message of a client is still within the venue's pace. */
export function messageBudget({ wireMs, options }: StreamHub['host']['simulation'], perSecond: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(wireMs() / 1000);
    if (now !== second) count = 0;
    second = now;
    count += 1;
    return options.rateLimits === false || count <= perSecond;
  };
}

/** The venue pings, and hangs up on who does not answer; after a day it hangs up on everybody. Not on a manual clock. */
export function keepAlive(connection: Connection, { pingMs, pongWithinMs }: SocketRules, manual: boolean): void {
  if (manual) return;
  const { socket } = connection;
  let unanswered = 0;
  const pings = setInterval(() => {
    if (unanswered * pingMs >= pongWithinMs) return socket.terminate();
    if (connection.silent) return;
    unanswered += 1;
    socket.ping();
  }, pingMs);
  const end = setTimeout(() => socket.close(1001), lifeMs);
  pings.unref();
  end.unref();
  socket.on('pong', () => {
    unanswered = 0;
  });
  socket.on('close', () => {
    clearInterval(pings);
    clearTimeout(end);
  });
}

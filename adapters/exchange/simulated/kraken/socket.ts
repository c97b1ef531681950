import { messageText, reply, type Connection } from '../connection.ts';
import { keepAlive } from '../binance/market-socket.ts';
import { KrakenError } from './errors.ts';
import type { KrakenFeed } from './feed.ts';
import { answerTrading, tradingMethods } from './socket-orders.ts';
import { changeSubscription } from './subscriptions.ts';

/** One message of a client, with its answers. */
export type SocketMessage = Readonly<{
  method: string;
  params: Readonly<Record<string, unknown>>;
  reqId: unknown;
  timeIn: string;
}>;

const version = '2.0.10';

/** WebSocket v2, public and private alike. */
export function openKrakenSocket(feed: KrakenFeed, connection: Connection): void {
  const { host } = feed;
  const { simulation } = host;
  feed.sockets.add(connection);
  const send = (body: unknown) => reply(simulation, connection, JSON.stringify(body));
  const connectionId = simulation.streams.ids.nextUint32();
  const status = { system: host.state.mode, api_version: 'v2', connection_id: connectionId, version };
  send({ channel: 'status', type: 'update', data: [status] });
  connection.socket.on('message', (data) => {
    const timeIn = new Date(simulation.wireMs()).toISOString();
    simulation.outbox.hold();
    const answers = answer(feed, connection, { text: messageText(data), timeIn });
    const frames = simulation.outbox.release();
    for (const body of answers) send(body);
    for (const frame of frames) frame();
  });
  connection.socket.on('close', () => {
    feed.sockets.delete(connection);
    feed.users.delete(connection);
    for (const [name, { listeners }] of feed.topics) {
      listeners.delete(connection);
      if (listeners.size === 0) feed.topics.delete(name);
    }
  });
  keepAlive(
    connection,
    { pingMs: 30_000, pongWithinMs: 90_000, messagesPerSecond: 0 },
    simulation.clocks.mode === 'manual',
  );
}

function answer(
  feed: KrakenFeed,
  connection: Connection,
  { text, timeIn }: Readonly<{ text: string; timeIn: string }>,
): unknown[] {
  const { simulation } = feed.host;
  const timeOut = () => new Date(simulation.wireMs()).toISOString();
  let message: SocketMessage | undefined;
  try {
    message = readMessage(text, timeIn);
    const { method, params, reqId } = message;
    const withId = reqId === undefined ? {} : { req_id: reqId };
    if (method === 'ping') return [{ method: 'pong', ...withId, time_in: timeIn, time_out: timeOut() }];
    const logged = simulation.log.add({
      wireMs: simulation.wireMs(),
      venue: 'krakenSpot',
      method: 'WS',
      path: method,
      parameters: JSON.stringify({ ...params, token: undefined }),
    });
    simulation.sync();
    if (method === 'subscribe' || method === 'unsubscribe') return changeSubscription(feed, connection, message);
    if (!tradingMethods.includes(method)) throw new KrakenError('Unsupported event');
    const result = answerTrading(feed.host, message, logged);
    return [{ method, ...withId, result, success: true, time_in: timeIn, time_out: timeOut() }];
  } catch (error) {
    if (!(error instanceof KrakenError)) throw error;
    const { method = 'error', reqId } = message ?? {};
    const withId = reqId === undefined ? {} : { req_id: reqId };
    return [{ method, ...withId, success: false, error: error.message, time_in: timeIn, time_out: timeOut() }];
  }
}

function readMessage(text: string, timeIn: string): SocketMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new KrakenError('Malformed request');
  }
  if (typeof message !== 'object' || message === null) throw new KrakenError('Malformed request');
  const {
    method,
    params,
    req_id: reqId,
  } = message as Readonly<{ method?: unknown; params?: unknown; req_id?: unknown }>;
  if (typeof method !== 'string') throw new KrakenError('Malformed request');
  return { method, params: typeof params === 'object' && params !== null ? { ...params } : {}, reqId, timeIn };
}

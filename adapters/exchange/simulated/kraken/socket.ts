import type { Answer } from '../call.ts';
import { reply, type Connection } from '../connection.ts';
import type { EngineStep } from '../engine-step.ts';
import type { FaultMatch } from '../faults.ts';
import type { Gateway } from '../gateway.ts';
import { keepAlive } from '../binance/market-socket.ts';
import { defectText, onMessage } from '../on-message.ts';
import { throughFaults } from '../pipeline.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { Simulation } from '../simulation.ts';
import { createSocketWire, parsedAnswer } from '../socket-wire.ts';
import { KrakenError } from './errors.ts';
import type { KrakenFeed } from './feed.ts';
import type { KrakenHost } from './host.ts';
import { krakenAnswer } from './rest.ts';
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
export function openKrakenSocket(
  feed: KrakenFeed,
  connection: Connection,
  gateway: Pick<Gateway, 'ban' | 'failure'>,
): void {
  const { host } = feed;
  const { simulation } = host;
  feed.sockets.add(connection);
  const send = (body: unknown) => reply(simulation, connection, JSON.stringify(body));
  const connectionId = simulation.streams.ids.nextUint32();
  const status = { system: host.state.mode, api_version: 'v2', connection_id: connectionId, version };
  send({ channel: 'status', type: 'update', data: [status] });
  const wireOf = createSocketWire(simulation, connection);
  onMessage(simulation, connection, {
    handle: (text) => answerMessage(feed, connection, { text, gateway, wireOf }),
    failure: { method: 'error', success: false, error: `EGeneral:Internal error:${defectText}` },
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

type Received = Readonly<{
  text: string;
  gateway: Pick<Gateway, 'ban' | 'failure'>;
  wireOf: ReturnType<typeof createSocketWire>;
}>;

/** Trading goes the way of REST, with its faults and latency; subscriptions and pings are answered at once. */
function answerMessage(
  { host, ...feed }: KrakenFeed,
  connection: Connection,
  { text, gateway, wireOf }: Received,
): Promise<void> | void {
  const { simulation } = host;
  const timeIn = new Date(simulation.wireMs()).toISOString();
  const answered = (message: SocketMessage | undefined, body: object) => {
    const { method = 'error', reqId } = message ?? {};
    const withId = reqId === undefined ? {} : { req_id: reqId };
    const timeOut = new Date(simulation.wireMs()).toISOString();
    return JSON.stringify({ method, ...withId, ...body, time_in: timeIn, time_out: timeOut });
  };
  const say = (frame: string) => reply(simulation, connection, frame);
  let message: SocketMessage | undefined;
  let logged: LoggedRequest | undefined;
  try {
    message = readMessage(text, timeIn);
    if (message.method === 'ping') return say(answered({ ...message, method: 'pong' }, {}));
    logged = logOf(simulation, message);
    simulation.sync();
    if (message.method === 'subscribe' || message.method === 'unsubscribe') {
      for (const body of changeSubscription({ host, ...feed }, connection, message)) say(JSON.stringify(body));
      return;
    }
    if (!tradingMethods.includes(message.method)) throw new KrakenError('Unsupported event');
    const trading = { host, connection, message, logged };
    return throughFaults({
      simulation,
      gateway,
      wire: wireOf((answer) => answered(message, outcomeOf(answer))),
      occasion: occasionOf(host, message),
      logged,
      answer: () => trade(trading),
    });
  } catch (error) {
    if (!(error instanceof KrakenError)) throw error;
    if (logged !== undefined) logged.refusal = error.message;
    say(answered(message, { success: false, error: error.message }));
  }
}

const logOf = (simulation: Simulation, { method, params }: SocketMessage): LoggedRequest =>
  simulation.log.add({
    wireMs: simulation.wireMs(),
    venue: 'krakenSpot',
    method: 'WS',
    path: method,
    parameters: JSON.stringify({ ...params, token: undefined }),
  });

type Trading = Readonly<{
  host: KrakenHost;
  connection: Connection;
  message: SocketMessage;
  logged: LoggedRequest;
}>;

/** In REST's form, which the pipeline reads. */
function trade({ host, connection, message, logged }: Trading): Answer | EngineStep<Answer> {
  return krakenAnswer(() => {
    host.simulation.sync();
    host.limiter.admit(connection.ip, host.simulation.wireMs());
    const result = answerTrading(host, message, logged);
    if (logged.account !== undefined) connection.accounts.add(logged.account);
    return result;
  });
}

/** REST's form as the socket says it. A proxy's HTML and a body that a fault cut have no counterpart here. */
function outcomeOf(answer: Answer): object {
  const body = parsedAnswer(answer);
  if (typeof body !== 'object' || body === null || !('error' in body))
    return { success: false, error: 'EGeneral:Internal error' };
  const [error] = Array.isArray(body.error) ? (body.error as unknown[]) : [];
  if (error !== undefined) return { success: false, error };
  return { result: 'result' in body ? body.result : undefined, success: true };
}

function occasionOf({ tokens }: KrakenHost, { method, params }: SocketMessage): FaultMatch {
  const { token, symbol } = params;
  const account = typeof token === 'string' ? tokens.get(token)?.account.id : undefined;
  return {
    venue: 'krakenSpot',
    path: method,
    method: 'WS',
    ...(account !== undefined && { account }),
    ...(typeof symbol === 'string' && { symbol }),
  };
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

import { jsonAnswer, type Answer } from '../call.ts';
import { deliver, reply, type Connection } from '../connection.ts';
import type { FaultMatch } from '../faults.ts';
import type { Gateway } from '../gateway.ts';
import { defectText, onMessage } from '../on-message.ts';
import { throughFaults } from '../pipeline.ts';
import type { SimulatedAccount } from '../settings.ts';
import { createSocketWire, parsedAnswer } from '../socket-wire.ts';
import { accountOfKey, checkTimestamp, isSignedBy, readTiming } from './signature.ts';
import { BinanceError, errorAnswer, missing } from './errors.ts';
import { answerOf, runRoute } from './gateway.ts';
import type { BinanceHost, BinanceRoutes } from './host.ts';
import { keepAlive, type SocketRules } from './market-socket.ts';
import { spotUserEvent } from './spot-user-events.ts';
import type { ApiMethods } from './ws-api-methods.ts';

/** Subscriptions to user data on the sockets of the WebSocket API. */
export type UserSubscriptions = Map<Connection, Map<number, SimulatedAccount>>;

/** Tells user events of the engine to every subscription of their account. */
export function tellUsers(host: BinanceHost, subscriptions: UserSubscriptions): void {
  const { simulation } = host;
  simulation.onEvent(host.name, (told) => {
    if (told.type !== 'order' && told.type !== 'balances') return;
    const user = spotUserEvent(host, told);
    if (user === undefined) return;
    for (const [connection, accounts] of subscriptions) {
      for (const [subscriptionId, account] of accounts) {
        if (account.id !== user.account) continue;
        const text = JSON.stringify({ subscriptionId, event: user.event });
        const { symbol, fill } = user;
        const occasion = { stream: 'user', account: account.id, symbol, fill };
        simulation.outbox.send(account.id, () => deliver(simulation, connection, text, occasion));
      }
    }
  });
}

type Api = Readonly<{
  methods: ApiMethods;
  routes: BinanceRoutes;
  rules: SocketRules;
  gateway: Pick<Gateway, 'ban' | 'failure'>;
  /** Of an API whose user data is heard on these sockets. */
  subscriptions?: UserSubscriptions;
}>;

/** `/ws-api/v3` and `/ws-fapi/v1`: requests by method name, and (spot) subscriptions to user data. */
export function openWsApi(host: BinanceHost, connection: Connection, api: Api): void {
  const accounts = new Map<number, SimulatedAccount>();
  api.subscriptions?.set(connection, accounts);
  connection.socket.on('close', () => api.subscriptions?.delete(connection));
  const { simulation } = host;
  const wireOf = createSocketWire(simulation, connection);
  onMessage(simulation, connection, {
    handle: (text) => answerMessage(host, connection, { text, api, accounts, wireOf }),
    failure: { id: null, status: 500, error: { code: -1000, msg: defectText } },
  });
  keepAlive(connection, api.rules, simulation.clocks.mode === 'manual');
}

type Message = Readonly<{
  text: string;
  api: Api;
  accounts: Map<number, SimulatedAccount>;
  wireOf: ReturnType<typeof createSocketWire>;
}>;

function answerMessage(
  host: BinanceHost,
  connection: Connection,
  { text, api, accounts, wireOf }: Message,
): Promise<void> | void {
  let id: unknown = null;
  try {
    const message = readMessage(text);
    ({ id } = message);
    const { method, params } = message;
    const logged = host.simulation.log.add({
      wireMs: host.simulation.wireMs(),
      venue: host.name,
      method: 'WS',
      path: method,
      parameters: JSON.stringify({ ...params, signature: undefined }),
    });
    if (api.subscriptions !== undefined && method.startsWith('userDataStream.')) {
      const result = userData(host, message, accounts);
      for (const account of accounts.values()) connection.accounts.add(account.id);
      return reply(host.simulation, connection, JSON.stringify({ id, status: 200, result, rateLimits: [] }));
    }
    const name = Object.hasOwn(api.methods, method) ? api.methods[method] : undefined;
    const route = name === undefined ? undefined : api.routes[name];
    if (route === undefined) throw new BinanceError(-1000, `Unknown method '${method}'.`, 404);
    const { ip } = connection;
    const get = (key: string) => params[key];
    const sent = Object.keys(params);
    const asked = { host, route, get, sent, apiKey: params.apiKey, payload: sortedPayload(params), ip };
    return throughFaults({
      simulation: host.simulation,
      gateway: api.gateway,
      wire: wireOf((answer) => frameOf(id, answer, params.returnRateLimits)),
      occasion: occasionOf(host, method, params),
      logged,
      answer: () => {
        const outcome = runRoute(asked, logged);
        if (logged.account !== undefined) connection.accounts.add(logged.account);
        return answerOf(outcome, ({ body, status }) => jsonAnswer(body, status));
      },
    });
  } catch (error) {
    if (!(error instanceof BinanceError)) throw error;
    reply(host.simulation, connection, frameOf(id, errorAnswer(error)));
  }
}

function occasionOf({ name, simulation }: BinanceHost, method: string, { apiKey, symbol }: Parameters): FaultMatch {
  const account = simulation.accounts.find((known) => known.apiKey === apiKey)?.id;
  return {
    venue: name,
    path: method,
    method: 'WS',
    ...(account !== undefined && { account }),
    ...(symbol !== undefined && { symbol }),
  };
}

/** A REST answer as the WebSocket API gives it; what a fault cut in two stays cut. */
function frameOf(id: unknown, answer: Answer, returnRateLimits = 'true'): string {
  const { status, text } = answer;
  const proxy = { code: -1000, msg: 'An unknown error occurred while processing the request.' };
  const body = text.startsWith('<') ? proxy : parsedAnswer(answer);
  if (body === undefined) return `{"id":${JSON.stringify(id)},"status":${status},"result":${text}`;
  const rateLimits = returnRateLimits === 'false' ? {} : { rateLimits: [] };
  return JSON.stringify({ id, status, [status === 200 ? 'result' : 'error']: body, ...rateLimits });
}

type Parameters = Readonly<Record<string, string>>;

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function readMessage(text: string): Readonly<{ id: unknown; method: string; params: Parameters }> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new BinanceError(-1135, 'Invalid JSON Request');
  }
  if (typeof message !== 'object' || message === null) throw new BinanceError(-1135, 'Invalid JSON Request');
  const { id = null, method, params = {} } = message as Readonly<{ id?: unknown; method?: unknown; params?: unknown }>;
  if (typeof method !== 'string') throw missing('method');
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw new BinanceError(-1135, 'Invalid JSON Request');
  }
  return { id, method, params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, asText(value)])) };
}

/** What the WebSocket API signs: all parameters but the signature, sorted by name. */
const sortedPayload = (params: Parameters) =>
  Object.keys(params)
    .filter((name) => name !== 'signature')
    .toSorted()
    .map((name) => `${name}=${params[name]}`)
    .join('&');

function userData(
  host: BinanceHost,
  { method, params }: Readonly<{ method: string; params: Parameters }>,
  accounts: Map<number, SimulatedAccount>,
): unknown {
  if (method === 'userDataStream.unsubscribe') {
    const given = params.subscriptionId;
    if (given === undefined) accounts.clear();
    else accounts.delete(Number(given));
    return {};
  }
  if (method !== 'userDataStream.subscribe.signature') {
    throw new BinanceError(-1000, `Unknown method '${method}'. Use userDataStream.subscribe.signature.`, 404);
  }
  const account = accountOfKey(host.simulation.accounts, params.apiKey);
  const { timestamp, recvWindow } = readTiming((name) => params[name]);
  checkTimestamp(timestamp, recvWindow, host.simulation.wireMs());
  if (!isSignedBy(account, sortedPayload(params), params.signature ?? '')) {
    throw new BinanceError(-1022, 'Signature for this request is not valid.');
  }
  const subscriptionId = Math.max(-1, ...accounts.keys()) + 1;
  accounts.set(subscriptionId, account);
  return { subscriptionId };
}

/** Ends every subscription of an account, as when its key is deleted. */
export function terminateUsers(host: BinanceHost, subscriptions: UserSubscriptions, accountId: string): void {
  for (const [connection, accounts] of subscriptions) {
    for (const [subscriptionId, { id }] of accounts) {
      if (id !== accountId) continue;
      accounts.delete(subscriptionId);
      const event = { e: 'eventStreamTerminated', E: host.venue.nowMs };
      reply(host.simulation, connection, JSON.stringify({ subscriptionId, event }));
    }
  }
}

import { deliver, messageText, reply, type Connection } from '../connection.ts';
import type { SimulatedAccount } from '../settings.ts';
import { accountOfKey, checkTimestamp, isSignedBy, readTiming } from './signature.ts';
import { BinanceError, errorBody, missing } from './errors.ts';
import { runRoute } from './gateway.ts';
import type { BinanceHost, BinanceRoutes } from './host.ts';
import { keepAlive, spotSocketRules } from './market-socket.ts';
import { spotUserEvent } from './spot-user-events.ts';

/** Subscriptions to user data on the sockets of the WebSocket API. */
export type UserSubscriptions = Map<Connection, Map<number, SimulatedAccount>>;

/** WebSocket methods and the REST route that does the same. */
const methods: Readonly<Record<string, string>> = {
  ping: 'GET /api/v3/ping',
  time: 'GET /api/v3/time',
  exchangeInfo: 'GET /api/v3/exchangeInfo',
  depth: 'GET /api/v3/depth',
  klines: 'GET /api/v3/klines',
  'ticker.24hr': 'GET /api/v3/ticker/24hr',
  'ticker.price': 'GET /api/v3/ticker/price',
  'ticker.book': 'GET /api/v3/ticker/bookTicker',
  'trades.recent': 'GET /api/v3/trades',
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.status': 'GET /api/v3/order',
  'order.cancel': 'DELETE /api/v3/order',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'openOrders.status': 'GET /api/v3/openOrders',
  'openOrders.cancelAll': 'DELETE /api/v3/openOrders',
  allOrders: 'GET /api/v3/allOrders',
  myTrades: 'GET /api/v3/myTrades',
  'account.status': 'GET /api/v3/account',
};

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
        simulation.outbox.send(() => deliver(simulation, connection, text, occasion));
      }
    }
  });
}

/** `/ws-api/v3`: requests by method name, and subscriptions to user data. */
export function openWsApi(
  host: BinanceHost,
  connection: Connection,
  { routes, subscriptions }: Readonly<{ routes: BinanceRoutes; subscriptions: UserSubscriptions }>,
): void {
  const accounts = new Map<number, SimulatedAccount>();
  subscriptions.set(connection, accounts);
  connection.socket.on('close', () => subscriptions.delete(connection));
  connection.socket.on('message', (data) => {
    const { simulation } = host;
    simulation.outbox.hold();
    const answer = answerMessage(host, connection, { text: messageText(data), routes, accounts });
    const frames = simulation.outbox.release();
    reply(simulation, connection, JSON.stringify(answer));
    for (const frame of frames) frame();
  });
  keepAlive(connection, spotSocketRules, host.simulation.clocks.mode === 'manual');
}

type Message = Readonly<{ text: string; routes: BinanceRoutes; accounts: Map<number, SimulatedAccount> }>;

function answerMessage(host: BinanceHost, connection: Connection, { text, routes, accounts }: Message): unknown {
  let id: unknown = null;
  const rateLimits: unknown[] = [];
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
    if (method.startsWith('userDataStream.'))
      return { id, status: 200, result: userData(host, message, accounts), rateLimits };
    const name = Object.hasOwn(methods, method) ? methods[method] : undefined;
    const route = name === undefined ? undefined : routes[name];
    if (route === undefined) throw new BinanceError(-1000, `Unknown method '${method}'.`, 404);
    const get = (key: string) => params[key];
    const asked = { host, route, get, apiKey: params.apiKey, payload: sortedPayload(params), ip: connection.ip };
    const { body, status } = runRoute(asked, logged);
    logged.status = status;
    return status === 200 ? { id, status, result: body, rateLimits } : { id, status, error: body, rateLimits };
  } catch (error) {
    if (!(error instanceof BinanceError)) throw error;
    return { id, status: error.status, error: errorBody(error), rateLimits };
  }
}

type Parameters = Readonly<Record<string, string>>;

function readMessage(text: string): Readonly<{ id: unknown; method: string; params: Parameters }> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new BinanceError(-1135, 'Invalid JSON Request');
  }
  if (typeof message !== 'object' || message === null) throw new BinanceError(-1135, 'Invalid JSON Request');
  const { id = null, method, params = {} } = message as Readonly<{ id?: unknown; method?: unknown; params?: object }>;
  if (typeof method !== 'string') throw missing('method');
  return { id, method, params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])) };
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

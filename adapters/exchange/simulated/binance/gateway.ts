import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { SimulatedAccount } from '../settings.ts';
import { BinanceError, errorAnswer, missing } from './errors.ts';
import type { BinanceHost, BinanceRoute, BinanceRoutes } from './host.ts';
import { accountOfKey, checkTimestamp, isSignedBy, readTiming, signedPayload } from './signature.ts';
import { statusHeader } from './spot-orders.ts';

const nobody: SimulatedAccount = {
  id: '',
  apiKey: '',
  secret: '',
  krakenKey: '',
  krakenSecret: '',
  balances: { binanceSpot: {}, binanceUsdm: {}, krakenSpot: {} },
  permissions: { trade: false, withdraw: false },
};

/** Answers a request as Binance does: limits, key, time, signature, then the route. */
export function answerBinance(host: BinanceHost, routes: BinanceRoutes, call: Call, logged: LoggedRequest): Answer {
  const route = Object.hasOwn(routes, `${call.method} ${call.path}`)
    ? routes[`${call.method} ${call.path}`]
    : undefined;
  if (route === undefined) {
    logged.unknownRoute = true;
    return jsonAnswer({ code: -1000, msg: `Path ${call.path}, Method ${call.method} is invalid` }, 404);
  }
  const parameters = new URLSearchParams(call.body === '' ? call.query : `${call.query}&${call.body}`);
  const get = (name: string) => parameters.get(name) ?? undefined;
  const { simulation } = host;
  const wireMs = simulation.wireMs();
  const headers: Record<string, string> = {};
  try {
    Object.assign(
      headers,
      host.limiter.request(call.ip, typeof route.weight === 'number' ? route.weight : route.weight(get), wireMs),
    );
    const account = authorize({ host, route, call, wireMs }, get);
    logged.account = account.id;
    const nowMs = simulation.sync();
    const body = route.answer({ host, get, account, wireMs, nowMs, ip: call.ip, headers });
    const { [statusHeader]: status = '200', ...sent } = headers;
    return jsonAnswer(body, Number(status), sent);
  } catch (error) {
    if (!(error instanceof BinanceError)) throw error;
    const answer = errorAnswer(error);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }
}

type Asked = Readonly<{ host: BinanceHost; route: BinanceRoute; call: Call; wireMs: number }>;

function authorize({ host, route, call, wireMs }: Asked, get: (name: string) => string | undefined): SimulatedAccount {
  if (route.security === 'none') return nobody;
  const key = call.headers['x-mbx-apikey'];
  const account = accountOfKey(host.simulation.accounts, typeof key === 'string' ? key : undefined);
  if (route.security === 'key') return account;
  const signature = get('signature');
  if (signature === undefined) throw missing('signature');
  const { timestamp, recvWindow } = readTiming(get);
  checkTimestamp(timestamp, recvWindow, wireMs);
  if (!isSignedBy(account, signedPayload(call.query, call.body), signature)) {
    throw new BinanceError(-1022, 'Signature for this request is not valid.');
  }
  if (route.trades === true && !account.permissions.trade) {
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
  }
  return account;
}

import { jsonAnswer, type Answer, type Call } from '../call.ts';
import { EngineStep } from '../engine-step.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { SimulatedAccount } from '../settings.ts';
import { BinanceError, errorAnswer, errorBody, missing } from './errors.ts';
import type { BinanceHost, BinanceRoute, BinanceRoutes } from './host.ts';
import { checkNames } from './parameters.ts';
import { accountOfKey, checkTimestamp, isSignedBy, readTiming, signedPayload } from './signature.ts';
import { statusHeader } from './spot-orders.ts';

/** Whom an unsigned route answers. */
const nobody: SimulatedAccount = {
  id: '',
  apiKey: '',
  secret: '',
  krakenKey: '',
  krakenSecret: '',
  balances: { binanceSpot: {}, binanceUsdm: {}, krakenSpot: {} },
  permissions: { trade: false, withdraw: false },
};

/** Answers a REST request as Binance does. */
export function answerBinance(
  host: BinanceHost,
  routes: BinanceRoutes,
  call: Call,
  logged: LoggedRequest,
): Answer | EngineStep<Answer> {
  const name = `${call.method} ${call.path}`;
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (route === undefined) {
    logged.unknownRoute = true;
    return jsonAnswer({ code: -1000, msg: `Path ${call.path}, Method ${call.method} is invalid` }, 404);
  }
  const parameters = new URLSearchParams(call.body === '' ? call.query : `${call.query}&${call.body}`);
  const key = call.headers['x-mbx-apikey'];
  const asked = {
    host,
    route,
    get: (parameter: string) => parameters.get(parameter) ?? undefined,
    sent: [...parameters.keys()],
    apiKey: typeof key === 'string' ? key : undefined,
    payload: signedPayload(call.query, call.body),
    ip: call.ip,
  };
  return answerOf(runRoute(asked, logged), ({ body, status, headers }) => jsonAnswer(body, status, headers));
}

type Asked = Readonly<{
  host: BinanceHost;
  route: BinanceRoute;
  get(name: string): string | undefined;
  /** Names of the parameters as they came. */
  sent: readonly string[];
  apiKey: string | undefined;
  /** What the signature has to be over. */
  payload: string;
  ip: string;
}>;

type Outcome = Readonly<{ body: unknown; status: number; headers: Readonly<Record<string, string>> }>;

/** An outcome in a protocol's form, now or after its step in the engine. */
export const answerOf = (
  outcome: Outcome | EngineStep<Outcome>,
  form: (outcome: Outcome) => Answer,
): Answer | EngineStep<Answer> =>
  outcome instanceof EngineStep ? new EngineStep(() => form(outcome.match())) : form(outcome);

/** Limits, key, time, signature, then the route: for REST and the WebSocket API alike. */
export function runRoute(asked: Asked, logged: LoggedRequest): Outcome | EngineStep<Outcome> {
  const { host, route, get, ip } = asked;
  const { simulation, limiter } = host;
  const wireMs = simulation.wireMs();
  const headers: Record<string, string> = {};
  const outcomeOf = (body: unknown): Outcome => {
    const { [statusHeader]: status = '200', ...sent } = headers;
    return { body, status: Number(status), headers: sent };
  };
  const refused = (error: unknown): Outcome => {
    if (!(error instanceof BinanceError)) throw error;
    return { body: errorBody(error), status: error.status, headers: { ...headers, ...errorAnswer(error).headers } };
  };
  try {
    const weight = typeof route.weight === 'number' ? route.weight : route.weight(get);
    Object.assign(headers, limiter.request(ip, weight, wireMs));
    checkNames(asked.sent, route.parameters);
    const account = authorize(asked, wireMs);
    if (account !== nobody) logged.account = account.id;
    const nowMs = simulation.sync();
    const body = route.answer({ host, get, account, wireMs, nowMs, ip, headers });
    if (!(body instanceof EngineStep)) return outcomeOf(body);
    return new EngineStep(() => {
      try {
        return outcomeOf(body.match());
      } catch (error) {
        return refused(error);
      }
    });
  } catch (error) {
    return refused(error);
  }
}

function authorize({ host, route, get, apiKey, payload }: Asked, wireMs: number): SimulatedAccount {
  if (route.security === 'none') return nobody;
  const account = accountOfKey(host.simulation.accounts, apiKey);
  host.limiter.account(account.id, wireMs);
  if (route.security === 'key') return account;
  const signature = get('signature');
  if (signature === undefined) throw missing('signature');
  const { timestamp, recvWindow } = readTiming(get);
  checkTimestamp(timestamp, recvWindow, wireMs);
  if (!isSignedBy(account, payload, signature))
    throw new BinanceError(-1022, 'Signature for this request is not valid.');
  if (route.trades === true && !account.permissions.trade) {
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401);
  }
  return account;
}

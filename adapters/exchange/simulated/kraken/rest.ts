import { jsonAnswer, type Answer, type Call } from '../call.ts';
import { EngineStep } from '../engine-step.ts';
import type { Fault } from '../faults.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { SimulatedAccount } from '../settings.ts';
import { KrakenError } from './errors.ts';
import type { KrakenCall, KrakenHost } from './host.ts';
import { jsonParameters, orderMethods } from './orders.ts';
import { publicMethods } from './public.ts';
import { queryMethods } from './queries.ts';
import { krakenSignature, sameSignature } from './signature.ts';

const privateMethods: Readonly<Record<string, (call: KrakenCall) => unknown>> = { ...orderMethods, ...queryMethods };

/** Answers `/0/public/…` and `/0/private/…` with {error, result}. */
export function answerKraken(host: KrakenHost, call: Call, logged: LoggedRequest): Answer | EngineStep<Answer> {
  const [, area, name = ''] = /^\/0\/(public|private)\/(\w+)$/.exec(call.path) ?? [];
  const methods = area === 'public' ? publicMethods : privateMethods;
  const method = area !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) {
    logged.unknownRoute = true;
    return jsonAnswer({ error: ['EGeneral:Unknown method'] }, 404);
  }
  return krakenAnswer(() => {
    host.limiter.admit(call.ip, host.simulation.wireMs());
    const isJson = call.headers['content-type']?.startsWith('application/json') === true;
    const json: unknown = isJson && call.body !== '' ? JSON.parse(call.body) : undefined;
    const form = new URLSearchParams(isJson ? call.query : `${call.query}&${call.body}`);
    const fields = isJson ? jsonParameters(json) : undefined;
    const get = (field: string) => form.get(field) ?? fields?.get(field);
    const account = area === 'public' ? nobody : authorize(host, call, { method: name, nonce: get('nonce') });
    if (area === 'private') logged.account = account.id;
    else
      host.limiter.publicCall({ ip: call.ip, method: name, pair: get('pair') ?? '', wireMs: host.simulation.wireMs() });
    const nowMs = host.simulation.sync();
    const wireMs = host.simulation.wireMs();
    const list = (field: string) => fields?.list(field) ?? form.getAll(field);
    return method({ host, account, wireMs, nowMs, json, get, list });
  });
}

/** {error, result} of what is done, now or in the engine; what is refused says why. */
export function krakenAnswer(act: () => unknown): Answer | EngineStep<Answer> {
  try {
    const result = act();
    if (result instanceof EngineStep) return new EngineStep(() => answerNow(result.match));
    return jsonAnswer({ error: [], result });
  } catch (error) {
    return refusalAnswer(error);
  }
}

function answerNow(act: () => unknown): Answer {
  try {
    return jsonAnswer({ error: [], result: act() });
  } catch (error) {
    return refusalAnswer(error);
  }
}

function refusalAnswer(error: unknown): Answer {
  if (error instanceof SyntaxError) return jsonAnswer({ error: ['EGeneral:Invalid arguments'] });
  if (error instanceof KrakenError) return jsonAnswer({ error: [error.message] }, error.status);
  throw error;
}

const nobody: SimulatedAccount = {
  id: '',
  apiKey: '',
  secret: '',
  krakenKey: '',
  krakenSecret: '',
  balances: { binanceSpot: {}, binanceUsdm: {}, krakenSpot: {} },
  permissions: { trade: false, withdraw: false },
};

const trading = new Set(Object.keys(orderMethods));

/** Key, signature, then a nonce that is higher than any before. */
function authorize(
  host: KrakenHost,
  call: Call,
  { method, nonce }: Readonly<{ method: string; nonce: string | undefined }>,
): SimulatedAccount {
  const key = call.headers['api-key'];
  const account = host.simulation.accounts.find(({ krakenKey }) => krakenKey === key);
  if (account === undefined) throw new KrakenError('EAPI:Invalid key');
  if (nonce === undefined || !/^\d{1,20}$/.test(nonce)) throw new KrakenError('EAPI:Invalid nonce');
  const expected = krakenSignature({ path: call.path, nonce, body: call.body, secret: account.krakenSecret });
  const given = call.headers['api-sign'];
  if (typeof given !== 'string' || !sameSignature(expected, given)) throw new KrakenError('EAPI:Invalid signature');
  if (BigInt(nonce) <= (host.nonces.get(account.id) ?? 0n)) throw new KrakenError('EAPI:Invalid nonce');
  host.nonces.set(account.id, BigInt(nonce));
  host.limiter.admit(account.id, host.simulation.wireMs());
  host.limiter.call(account.id, method, host.simulation.wireMs());
  if (trading.has(method) && !account.permissions.trade) throw new KrakenError('EGeneral:Permission denied');
  return account;
}

/** Kraken's (and its proxies') words for a failing status. */
export function krakenFailure({ kind, args }: Pick<Fault, 'kind' | 'args'>, wireMs: number): Answer {
  if (kind === 'accept-then-1007') return jsonAnswer({ error: ['EService:Timeout'] });
  const status = args?.status ?? 520;
  if (status === 429 && args?.retryAfter !== undefined) {
    // The second from which on requests are taken again.
    const untilSecond = Math.ceil(wireMs / 1000 + args.retryAfter);
    return jsonAnswer({ error: [`EService: Throttled: ${untilSecond}`] });
  }
  if (status === 429) return jsonAnswer({ error: ['EAPI:Rate limit exceeded'] });
  if (status === 418) return jsonAnswer({ error: ['EGeneral:Temporary lockout'] });
  if (status === 503 && args?.html !== true) return jsonAnswer({ error: ['EService:Unavailable'] });
  if (status === 500 && args?.html !== true) return jsonAnswer({ error: ['EService:Busy'] });
  return { status, text: `<html><body><h1>${status}</h1>Web server is returning an unknown error</body></html>` };
}

import type { ServerResponse } from 'node:http';
import { nextNormal } from '../../../core/venue/substreams.ts';
import type { Answer, Call } from './call.ts';
import type { Fault, FaultMatch } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { LoggedRequest } from './request-log.ts';
import type { LatencyLeg } from './settings.ts';
import type { Simulation } from './simulation.ts';

type Request = Readonly<{ simulation: Simulation; gateway: Gateway; call: Call; response: ServerResponse }>;

const before = ['reset-before', 'hang-before', 'http', 'ban'] as const;
const after = [
  'accept-then-hang',
  'accept-then-reset',
  'accept-then-5xx',
  'accept-then-1007',
  'bad-json',
  'wrong-qty',
  'slow',
] as const;

/** One request from the wire to the engine and back, with what can go wrong on the way. */
export async function answerThroughFaults({ simulation, gateway, call, response }: Request): Promise<void> {
  const logged = simulation.log.add({
    wireMs: simulation.wireMs(),
    venue: gateway.venue,
    method: call.method,
    path: call.path,
    parameters: parametersOf(call),
  });
  const occasion = occasionOf(simulation, gateway, call);
  const early = simulation.faults.strike(before, occasion);
  if (early !== undefined && strikeBefore({ simulation, gateway, call, response }, early, logged)) return;
  await delay(simulation, simulation.options.latency?.inbound);
  simulation.outbox.hold();
  let answer: Answer;
  try {
    answer = gateway.answer(call, logged);
  } catch (error) {
    for (const frame of simulation.outbox.release()) frame();
    throw error;
  }
  const frames = simulation.outbox.release();
  logged.status = answer.status;
  const pushFirst = simulation.streams.latency.nextFloat() < (simulation.options.pushFirst ?? 0.5);
  if (pushFirst) for (const frame of frames) frame();
  const late = accepted(answer)
    ? simulation.faults.strike(after, { ...occasion, ...(logged.account !== undefined && { account: logged.account }) })
    : undefined;
  if (late !== undefined) logged.fault = late.kind;
  await delay(simulation, simulation.options.latency?.outbound);
  respond(response, { gateway, answer, fault: late });
  if (!pushFirst && frames.length > 0) setImmediate(() => frames.forEach((frame) => frame()));
}

/** Only an answer that says yes can be lost so that an order stands which nobody knows of. */
const accepted = ({ status, text }: Answer) => status < 400 && !text.startsWith('{"error":["');

/** Without signature: /truth shows no more of a key than it has to. */
const parametersOf = ({ query, body }: Call) =>
  [query, body]
    .filter((part) => part !== '')
    .join('&')
    .replace(/(^|&)signature=[^&]*/, '')
    .slice(0, 2000);

function occasionOf(simulation: Simulation, { venue }: Gateway, call: Call): FaultMatch {
  const key = call.headers['x-mbx-apikey'] ?? call.headers['api-key'];
  const account = simulation.accounts.find(({ apiKey, krakenKey }) => key === apiKey || key === krakenKey);
  const symbol = /(?:^|[&?{,"])(?:symbol|pair)"?[=:]"?([^&"]+)/.exec(`${call.query}&${call.body}`)?.[1];
  return {
    venue,
    path: call.path,
    method: call.method,
    ...(account !== undefined && { account: account.id }),
    ...(symbol !== undefined && { symbol }),
  };
}

/** True when the request ends here and never reaches the engine. */
function strikeBefore(
  { simulation, gateway, call, response }: Request,
  fault: Fault<(typeof before)[number]>,
  logged: LoggedRequest,
): boolean {
  logged.fault = fault.kind;
  if (fault.kind === 'ban') {
    gateway.ban({ ip: call.ip }, simulation.wireMs() + (fault.args?.ms ?? 120_000));
    return false;
  }
  if (fault.kind === 'reset-before') response.socket?.destroy();
  if (fault.kind === 'http') {
    const answer = gateway.failure(fault);
    logged.status = answer.status;
    send(response, answer);
  }
  return true;
}

function respond(
  response: ServerResponse,
  {
    gateway,
    answer,
    fault,
  }: Readonly<{ gateway: Gateway; answer: Answer; fault: Fault<(typeof after)[number]> | undefined }>,
): void {
  switch (fault?.kind) {
    case 'accept-then-hang':
      return;
    case 'accept-then-reset':
      response.socket?.destroy();
      return;
    case 'accept-then-5xx':
    case 'accept-then-1007':
      return send(response, gateway.failure(fault));
    case 'bad-json':
      return send(response, { ...answer, text: answer.text.slice(0, Math.floor(answer.text.length / 2)) });
    case 'wrong-qty':
      return send(response, { ...answer, text: answer.text.replace(/("(?:executedQty|vol_exec)":")\d/, '$19') });
    case 'slow':
      return void drip(response, answer, fault.args?.ms ?? 6_000);
    case undefined:
      return send(response, answer);
  }
}

function send(response: ServerResponse, { status, text, headers }: Answer): void {
  if (response.destroyed) return;
  const type = text.startsWith('<') ? 'text/html' : 'application/json;charset=UTF-8';
  response.writeHead(status, { 'content-type': type, ...headers }).end(text);
}

/** The whole answer in `ms`, in twenty pieces. */
async function drip(response: ServerResponse, answer: Answer, ms: number): Promise<void> {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  const piece = Math.ceil(answer.text.length / 20);
  for (let start = 0; start < answer.text.length && !response.destroyed; start += piece) {
    await wait(ms / 20);
    response.write(answer.text.slice(start, start + piece));
  }
  response.end();
}

const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());

async function delay({ streams }: Simulation, leg: LatencyLeg | undefined): Promise<void> {
  if (leg === undefined || leg.medianMs <= 0) return;
  await wait(leg.medianMs * Math.exp(leg.sigma * nextNormal(streams.latency)));
}

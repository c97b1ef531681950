import type { ServerResponse } from 'node:http';
import type { Answer, Call } from './call.ts';
import type { FaultMatch } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { throughFaults, type Wire } from './pipeline.ts';
import type { Simulation } from './simulation.ts';

type Request = Readonly<{ simulation: Simulation; gateway: Gateway; call: Call; response: ServerResponse }>;

/** Answers a REST request, through whatever faults strike it. */
export function answerRequest({ simulation, gateway, call, response }: Request): Promise<void> {
  const logged = simulation.log.add({
    wireMs: simulation.wireMs(),
    venue: gateway.venue,
    method: call.method,
    path: call.path,
    parameters: parametersOf(call),
  });
  const occasion = occasionOf(simulation, gateway, call);
  logged.account = occasion.account; // by its key, also where the signature is refused
  const answer = () => gateway.answer(call, logged);
  return throughFaults({ simulation, gateway, wire: httpWire(call.ip, response), occasion, logged, answer });
}

const httpWire = (ip: string, response: ServerResponse): Wire => ({
  ip,
  reset: () => void response.socket?.destroy(),
  send: (answer) => send(response, answer),
  drip: (answer, ms) => void drip(response, answer, ms),
  travel: (_, ms) => wait(ms),
  // The answer leaves in this turn of the loop, frames in the next.
  afterAnswer: (run) => void setImmediate(run),
});

/** Without signature: /truth shows no more of a key than it has to. */
const parametersOf = ({ query, body }: Call) =>
  [query, body]
    .filter((part) => part !== '')
    .join('&')
    .replace(/(^|&)signature=[^&]*/, '')
    .slice(0, 4000);

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

import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../adapters/http/clock.ts';
import type { Endpoint, Network } from '../../../adapters/http/network.ts';
import { projectFolder } from '../../../config/paths.ts';

const pem = (name: string) => readFileSync(join(projectFolder, 'tests/fixtures/sources/tls', `${name}.pem`));

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An address of the public internet that names resolve to here; nothing is ever sent to it. */
export const publicAddress = '93.184.215.14';

type Local = Readonly<{
  network: Network;
  /** `host + path` of every request, in order. */
  asked: readonly string[];
  headers: readonly IncomingMessage['headers'][];
  /** Where the client believed to connect to. */
  endpoints: readonly Endpoint[];
}>;

/**
 * A real HTTPS server on a port of this machine, and a network whose names resolve to a public address and whose
 * connections end at that port: everything but the way of the packets is as on the internet, certificates too.
 */
export async function localProvider(handler: Handler, resolve?: Network['resolve']): Promise<Local> {
  const cert = pem('cert');
  const [asked, headers, endpoints]: [string[], IncomingMessage['headers'][], Endpoint[]] = [[], [], []];
  const server = createServer({ key: pem('key'), cert }, (request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    headers.push(request.headers);
    handler(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const network: Network = {
    resolve: resolve ?? (() => Promise.resolve([publicAddress])),
    connect: (endpoint) => {
      endpoints.push(endpoint);
      return connect({ host: '127.0.0.1', port, servername: endpoint.host, ca: cert });
    },
  };
  return { network, asked, headers, endpoints };
}

/** Answers by path (without the query), with JSON or with a text of its own type. */
export function answering(answers: Readonly<Record<string, unknown>>): Handler {
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const answer = answers[path];
    if (answer === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const text = typeof answer === 'string';
    response
      .writeHead(200, { 'content-type': text ? 'text/csv' : 'application/json; charset=utf-8' })
      .end(text ? answer : JSON.stringify(answer));
  };
}

/** A clock that jumps over every sleep and keeps what was slept. */
export function jumpingClock(startMs = 0): Clock & Readonly<{ slept: readonly number[] }> {
  let now = startMs;
  const slept: number[] = [];
  return {
    slept,
    nowMs: () => now,
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

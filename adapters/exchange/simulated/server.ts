import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Call } from './call.ts';
import { createConnectLimiter } from './connect-limit.ts';
import type { Connection, Connections } from './connection.ts';
import { answerControl, controlPrefix } from './control.ts';
import type { Gateway } from './gateway.ts';
import { answerRequest } from './http-wire.ts';
import { defectText, sayDefect } from './on-message.ts';
import type { Simulation } from './simulation.ts';

/** Largest request body that is read. */
const bodyLimit = 1024 * 1024;

export type ExchangeServer = Readonly<{
  port: number;
  connections: Connections;
  close(): Promise<void>;
}>;

/** HTTP and WebSocket on one loopback port; the first part of the path says which venue. */
export async function serve(
  simulation: Simulation,
  gateways: readonly Gateway[],
  { port }: Readonly<{ port: number }>,
): Promise<ExchangeServer> {
  const connections: Connections = new Map();
  const http = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      sayDefect(error);
      if (!response.headersSent) response.writeHead(500).end(JSON.stringify({ code: -1000, msg: defectText }));
    });
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, query } = splitUrl(request.url ?? '/');
    const body = await readBody(request);
    if (body === undefined) return void response.writeHead(413).end();
    const { gateway, prefix } = venueAt(gateways, pathname);
    const call = (before: string): Call => ({
      method: request.method ?? 'GET',
      path: pathname.slice(before.length),
      query,
      body,
      headers: request.headers,
      ip: request.socket.remoteAddress ?? '',
    });
    if (gateway !== undefined) return answerRequest({ simulation, gateway, call: call(prefix), response });
    if (pathname.startsWith(controlPrefix)) {
      return answerControl({ simulation, gateways, connections, call: call(controlPrefix), response });
    }
    noVenue(simulation, call(''), response);
  };
  const sockets = new WebSocketServer({ noServer: true, autoPong: false, maxPayload: 256 * 1024 });
  const mayConnect = createConnectLimiter();
  http.on('upgrade', (request, socket, head) => upgrade(request, socket, head));
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { pathname } = splitUrl(request.url ?? '/');
    const { gateway, prefix } = venueAt(gateways, pathname);
    if (gateway === undefined || !gateway.accepts(pathname.slice(prefix.length))) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    const at = { limit: gateway.connectLimit, wireMs: simulation.wireMs() };
    const withinLimit = mayConnect(gateway.venue, request.socket.remoteAddress ?? '', at);
    if (!withinLimit && simulation.options.rateLimits !== false) {
      socket.end('HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) =>
      open({ simulation, connections, gateway, prefix, request }, client),
    );
  };
  await listen(http, port);
  const address = http.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    connections,
    close: () => close(http, gateways, connections),
  };
}

/** The venue that a path leads to, and the part of it that is not the venue's own. */
function venueAt(gateways: readonly Gateway[], path: string): { gateway: Gateway | undefined; prefix: string } {
  const isBelow = (part: string) => path === part || path.startsWith(`${part}/`);
  const gateway = gateways.find(({ prefix }) => isBelow(prefix));
  if (gateway !== undefined) return { gateway, prefix: gateway.prefix };
  return { gateway: gateways.find(({ roots }) => roots.some(isBelow)), prefix: '' };
}

function splitUrl(url: string): { pathname: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { pathname: url, query: '' } : { pathname: url.slice(0, mark), query: url.slice(mark + 1) };
}

function noVenue(simulation: Simulation, call: Call, response: ServerResponse): void {
  const { method, path, query } = call;
  const logged = simulation.log.add({ wireMs: simulation.wireMs(), venue: 'none', method, path, parameters: query });
  Object.assign(logged, { status: 404, unknownRoute: true });
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":-1000,"msg":"No venue at this path."}');
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > bodyLimit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

type Opening = Readonly<{
  simulation: Simulation;
  connections: Connections;
  gateway: Gateway;
  prefix: string;
  request: IncomingMessage;
}>;

let nextConnectionId = 1;

function open({ simulation, connections, gateway, prefix, request }: Opening, socket: WebSocket): void {
  const connection: Connection = {
    id: nextConnectionId,
    venue: gateway.venue,
    url: (request.url ?? '').slice(prefix.length),
    ip: request.socket.remoteAddress ?? '',
    socket,
    openedMs: simulation.wireMs(),
    silent: false,
    lastSentMs: simulation.wireMs(),
    held: undefined,
    accounts: new Set(),
  };
  nextConnectionId += 1;
  connections.set(connection.id, connection);
  socket.on('ping', (data) => {
    if (!connection.silent) socket.pong(data);
  });
  socket.on('close', () => connections.delete(connection.id));
  // A broken client is its own affair: the close event follows.
  socket.on('error', () => socket.terminate());
  gateway.connect(connection, request);
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', () => {
      http.off('error', reject);
      resolve();
    });
  });
}

/** Says goodbye on every socket, gives them a moment, then cuts. */
async function close(http: Server, gateways: readonly Gateway[], connections: Connections): Promise<void> {
  for (const gateway of gateways) gateway.shutdown();
  for (const { socket } of connections.values()) socket.close(1001);
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  http.closeIdleConnections();
  const cut = setTimeout(() => {
    for (const { socket } of connections.values()) socket.terminate();
    http.closeAllConnections();
  }, 500);
  await closed;
  clearTimeout(cut);
}

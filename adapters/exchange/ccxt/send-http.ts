import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Attempt } from './attempt.ts';

/** Longest answer that is read, unpacked: Binance lists all of its spot markets in about 15 MB. */
const answerLimitBytes = 64 * 1024 * 1024;

/** A connection that nobody used for so long is closed by us, before the venue does it under a request. */
const idleMs = 15_000;

export type HttpRequest = Readonly<{
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** From the first moment to the last byte of the answer. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
}>;

/** Connections of one client, kept open between requests. */
export type Connections = Readonly<{ http: HttpAgent; https: HttpsAgent; close(): void }>;

export function openConnections(): Connections {
  const http = new HttpAgent({ keepAlive: true, timeout: idleMs });
  const https = new HttpsAgent({ keepAlive: true, timeout: idleMs });
  return {
    http,
    https,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/**
 * Sends one request once: no redirect is followed, nothing is repeated. Never throws: what happened stands in
 * `attempt`, most of all whether a byte may have left. Node's `fetch` does not tell that.
 */
export function sendHttp(request: HttpRequest, attempt: Attempt, connections: Connections): Promise<void> {
  const { url, method, headers, body, timeoutMs, signal } = request;
  const secure = url.protocol === 'https:';
  return new Promise((resolve) => {
    const outgoing = (secure ? requestHttps : requestHttp)(url, {
      method,
      agent: secure ? connections.https : connections.http,
      headers: {
        ...headers,
        'accept-encoding': 'gzip, br',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    const end = (problem?: string): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      if (problem !== undefined && attempt.text === undefined) {
        attempt.problem ??= problem;
        outgoing.destroy();
      }
      resolve();
    };
    const stop = () => end('stopped by the caller');
    const timer = setTimeout(() => end(`no whole answer within ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    watchDeparture(outgoing, secure, attempt);
    outgoing.on('error', (error) => end(reasonOf(error)));
    outgoing.on('response', (answer) => {
      attempt.sent = true;
      readAnswer(answer, attempt).then(end, (error: unknown) => end(reasonOf(error)));
    });
    if (signal?.aborted === true) return stop();
    outgoing.end(body);
  });
}

/** Bytes leave as soon as the connection stands: at once on one that is used again, else after its handshake. */
function watchDeparture(outgoing: ClientRequest, secure: boolean, attempt: Attempt): void {
  const depart = () => {
    attempt.sent = true;
  };
  outgoing.on('socket', (socket) => {
    const shaking =
      socket.connecting || (secure && (socket as TLSSocket & { secureConnecting?: boolean }).secureConnecting);
    if (outgoing.reusedSocket || shaking !== true) return depart();
    socket.once(secure ? 'secureConnect' : 'connect', depart);
  });
}

/** Nothing when the body is whole; otherwise what is wrong with it. */
async function readAnswer(answer: IncomingMessage, attempt: Attempt): Promise<string | undefined> {
  attempt.status = answer.statusCode ?? 0;
  attempt.headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of unpacked(answer)) {
    bytes += (chunk as Buffer).length;
    if (bytes > answerLimitBytes) return `the answer is longer than ${answerLimitBytes} bytes`;
    chunks.push(chunk as Buffer);
  }
  if (!answer.complete) return 'the answer was cut off';
  attempt.text = Buffer.concat(chunks).toString('utf8');
  return undefined;
}

function unpacked(answer: IncomingMessage): Readable {
  const packing = answer.headers['content-encoding'];
  const inflate =
    packing === 'gzip'
      ? createGunzip()
      : packing === 'br'
        ? createBrotliDecompress()
        : packing === 'deflate'
          ? createInflate()
          : undefined;
  if (inflate === undefined) return answer;
  answer.on('error', (error) => inflate.destroy(error));
  return answer.pipe(inflate);
}

/** An error's code and no more of it: messages of sockets and parsers may quote what was sent. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : typeof error;
  return code === '' ? name : code;
}

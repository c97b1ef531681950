import { createServer, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { openFeed } from '../../../adapters/feeds/open-feed.ts';
import { fetchToken } from '../../../adapters/feeds/kraken/token.ts';
import { createJsonClient } from '../../../adapters/feeds/rest.ts';
import { systemTimers } from '../../../adapters/feeds/timers.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import type { FeedNotice } from '../../../core/ports/market-feed.ts';
import { listenOn } from './replay-server.ts';

const apiKey = 'K3YK3YK3YK3YK3YK3YK3YK3Y';
const token = 'T0KT0KT0KT0KT0KT0KT0KT0K';

const budget = { requests: 10, perMs: 1_000, burst: 10 };

const askedWith = ({ headers }: IncomingMessage) => String(headers['x-mbx-apikey'] ?? headers['api-key']);

type Refusing = Readonly<{ before: number; sockets: boolean }>;

/** A venue that refuses an account's own streams, and puts the key that it was given `before` characters into its words. */
async function refusing({ before, sockets }: Refusing): Promise<string> {
  const words = (key: string) => `${'.'.repeat(before)}${key} is not allowed`;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.endsWith('/time')) return response.end('{"serverTime":1767614400000}');
    if (sockets && path.endsWith('/GetWebSocketsToken'))
      return response.end(JSON.stringify({ error: [], result: { token, expires: 900 } }));
    return response.writeHead(403).end(words(askedWith(request)));
  });
  const socketServer = new WebSocketServer({ server });
  socketServer.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const asked = JSON.parse(data.toString('utf8')) as { params: { apiKey?: string; token?: string } };
      const error = words(asked.params.apiKey ?? asked.params.token ?? '');
      const answers =
        asked.params.token === undefined
          ? { id: 1, status: 401, error: { code: -2015, msg: error } }
          : { method: 'subscribe', success: false, error, req_id: 1 };
      socket.send(JSON.stringify(answers));
    }),
  );
  const port = await listenOn(server);
  onTestFinished(async () => {
    for (const client of socketServer.clients) client.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

/** Why the own streams are down, as their reader is told. */
async function reasonAt(venue: string, baseUrl: string): Promise<string> {
  const keys = { apiKey: createSecret(apiKey), secret: createSecret('c2VjcmV0') };
  const stop = new AbortController();
  const feed = openFeed(venue, { baseUrl, timers: systemTimers, own: { keys } });
  for await (const event of feed.stream([{ channel: 'own' }], { signal: stop.signal })) {
    if (event.type !== 'notice') continue;
    const notice: FeedNotice & { reason?: string } = event.notice;
    if (notice.reason !== undefined) return notice.reason;
  }
  throw new Error('no reason was told');
}

// 80 characters before it: were it cut at 100 before it is hidden, most of it would stand there.
test.each(['binance', 'kraken'])('a key or token that %s echoes on its socket is hidden, then cut', async (venue) => {
  const reason = await reasonAt(venue, await refusing({ sockets: true, before: 80 }));
  expect(reason).toContain(`refused${venue === 'binance' ? ' with 401' : ''}: ${'.'.repeat(80)}[redacted]`);
});

test('a key that REST echoes is hidden, then cut', async () => {
  const ask = createJsonClient(await refusing({ sockets: false, before: 180 }), budget, systemTimers);
  const keys = { apiKey: createSecret(apiKey), secret: createSecret('c2VjcmV0') };
  const { signal } = new AbortController();
  await expect(fetchToken({ ask, access: { keys } }, signal)).rejects.toMatchObject({
    place: { found: `status 403: ${'.'.repeat(180)}[redacted] is not al` },
  });
});

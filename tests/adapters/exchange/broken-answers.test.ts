import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { intentOf, low, queryOf } from '../../contracts/exchange/stand.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type Twist = (answer: Readonly<{ status: number; text: string }>, response: ServerResponse) => void;

/** Between the desk and the exchange: hands everything on, and the answer to a new order twisted. */
async function between(target: string, twist: Twist): Promise<string> {
  const server: Server = createServer((request, response) => void pass(request, response));
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(host|connection|content-length)$/.test(name),
    );
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const whole = { status: answer.status, text: await answer.text() };
    if (request.method === 'POST') return twist(whole, response);
    response.writeHead(whole.status, { 'content-type': 'application/json' }).end(whole.text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const place = server.address();
  return `http://127.0.0.1:${typeof place === 'object' && place !== null ? place.port : 0}`;
}

async function exchangeThrough(twist: Twist) {
  const simulated = await startSimulatedExchange({ venues: ['binanceSpot'], historyMinutes: 5, rateLimits: false });
  closing.push(() => simulated.close());
  const url = await between(simulated.url, twist);
  const [account] = simulated.accounts;
  const keys = { apiKey: createSecret(account?.apiKey ?? ''), secret: createSecret(account?.secret ?? '') };
  const exchange = await openExchange({ name: 'test', venue: 'binance', baseUrl: `${url}/bspot` }, keys, {
    timeoutMs: 2_000,
  });
  closing.push(() => exchange.close());
  return exchange;
}

const plain =
  (text: string, status = 200): Twist =>
  (_answer, response) =>
    void response.writeHead(status).end(text);

/** Each came from an accepted order: the engine took it before the answer was spoilt. */
const spoilt: readonly (readonly [what: string, twist: Twist])[] = [
  ['an answer without an id', plain('{}')],
  ['null', plain('null')],
  ['an empty body', plain('')],
  ['a list', plain('[]')],
  ['HTML with status 200', plain('<html><body>checking your browser</body></html>')],
  ['a status word that nobody knows', ({ text }, response) => void response.end(text.replace('"NEW"', '"DREAMING"'))],
  [
    'an amount that is no number',
    ({ text }, response) => void response.end(text.replace(/"origQty":"[^"]*"/, '"origQty":"NaN"')),
  ],
  [
    'the answer to another order',
    ({ text }, response) => void response.end(text.replace(/"clientOrderId":"[^"]*"/, '"clientOrderId":"x"')),
  ],
  [
    'a redirect',
    (_answer, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end(),
  ],
  [
    'a body that is cut in the middle',
    ({ text }, response) => {
      response.writeHead(200, { 'content-length': String(text.length) }).write(text.slice(0, 40));
      setImmediate(() => response.destroy());
    },
  ],
  [
    'broken gzip',
    ({ text }, response) => {
      const packed = gzipSync(text);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length - 12));
    },
  ],
];

describe('an accepted order whose answer is spoilt', () => {
  test.each(spoilt)('%s: unknown, never rejected, and a look finds it', async (_what, twist) => {
    const exchange = await exchangeThrough(twist);
    const intent = intentOf({ symbol: 'BTC/USDT' }, low);
    const timestampMs = await exchange.venueTimeMs();
    const outcome = await exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 });
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'unknown' } });
    expect((await exchange.findOrder(queryOf(intent, timestampMs))).order).toMatchObject({ state: 'accepted' });
  });

  test('packed and whole it is accepted; ids beyond 2^53 keep their digits', async () => {
    const exchange = await exchangeThrough(({ text }, response) => {
      const long = text.replace(/"orderId":\d+/, '"orderId":8389765519993908929');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(long));
    });
    const timestampMs = await exchange.venueTimeMs();
    const intent = intentOf({ symbol: 'BTC/USDT' }, low);
    expect(await exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 })).toMatchObject({
      kind: 'accepted',
      order: { venueOrderId: '8389765519993908929' },
    });
  });

  test('a key that the venue echoes is hidden before its words are cut', async () => {
    for (const before of [150, 190, 199]) {
      const exchange = await exchangeThrough((_, response) => {
        const key = String(response.req.headers['x-mbx-apikey']);
        response.writeHead(400).end(JSON.stringify({ code: -1100, msg: `${'.'.repeat(before)}${key} is illegal` }));
      });
      const timestampMs = await exchange.venueTimeMs();
      const intent = intentOf({ symbol: 'BTC/USDT' }, low);
      const outcome = await exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 });
      expect(JSON.stringify(outcome)).toContain(
        `${'.'.repeat(before)}${'[redacted] is illegal'.slice(0, 200 - before)}"`,
      );
    }
  });

  test('the order carries exactly the submission’s timestamp and window, and our id', async () => {
    const simulated = await startSimulatedExchange({ venues: ['binanceSpot', 'krakenSpot'], historyMinutes: 5 });
    closing.push(() => simulated.close());
    const [account] = simulated.accounts;
    const open = async (venue: string, path: string, apiKey = '', secret = '') => {
      const keys = { apiKey: createSecret(apiKey), secret: createSecret(secret) };
      const exchange = await openExchange({ name: 'test', venue, baseUrl: `${simulated.url}${path}` }, keys);
      closing.push(() => exchange.close());
      return exchange;
    };
    const sentTo = (path: string) => {
      const entry = simulated.simulation.log.entries.find((each) => each.method === 'POST' && each.path.endsWith(path));
      return Object.fromEntries(new URLSearchParams(entry?.parameters));
    };
    const binance = await open('binance', '/bspot', account?.apiKey, account?.secret);
    const timestampMs = (await binance.venueTimeMs()) - 1_234;
    const submission = { timestampMs, deadlineMs: timestampMs + 5_000 };
    const first = intentOf({ symbol: 'BTC/USDT' }, low);
    await binance.createOrder(first, submission);
    expect(sentTo('/order')).toMatchObject({
      timestamp: String(timestampMs),
      recvWindow: '5000',
      newClientOrderId: first.clientOrderId,
      quantity: '0.01',
      price: '50000',
    });
    const kraken = await open('kraken', '/kr', account?.krakenKey, account?.krakenSecret);
    const second = intentOf({ symbol: 'BTC/USD' }, low);
    await kraken.createOrder(second, submission);
    expect(sentTo('/AddOrder')).toMatchObject({
      deadline: new Date(submission.deadlineMs).toISOString(),
      cl_ord_id: second.clientOrderId,
      volume: '0.01',
    });
  });
});

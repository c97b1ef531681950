import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClientOptions } from '../../../adapters/http/client.ts';
import type { DeskError } from '../../../core/errors.ts';
import type { Network } from '../../../adapters/http/network.ts';
import type { HttpRequest, Provider } from '../../../adapters/http/provider.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { type Handler, jumpingClock, localProvider, publicAddress } from './local-provider.ts';

const provider: Provider = {
  name: 'provider',
  hosts: ['provider.test'],
  limit: { requests: 1000, perMs: 1, burst: 99 },
};
const request: HttpRequest = { host: 'provider.test', path: '/data', accept: 'json' };

type Options = Partial<HttpClientOptions> & {
  resolve?: Network['resolve'];
  provider?: Provider;
  request?: HttpRequest;
};

async function ask(handler: Handler, options: Options = {}) {
  const { resolve, provider: whom = provider, request: what = request, ...rest } = options;
  const local = await localProvider(handler, resolve);
  const clock = jumpingClock();
  const client = createHttpClient({ network: local.network, clock, userAgent: 'nightdesk tests', ...rest });
  const { signal } = new AbortController();
  return { ...local, clock, client, answer: client.get(whom, what, signal) };
}

const json: Handler = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
};
const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Handler =>
  (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);
  };
/** Answers one handler after the other, the last one for good. */
function inTurn(...handlers: Handler[]): Handler {
  let turn = 0;
  return (incoming, response) => handlers[Math.min(turn++, handlers.length - 1)](incoming, response);
}
const refused = (code: string, message: RegExp, place = {}) => ({
  code,
  message: expect.stringMatching(message),
  place: expect.objectContaining({ path: 'GET https://provider.test/data', ...place }),
});

describe('an answer', () => {
  test('comes over TLS from the address that was checked, under the name that was asked for', async () => {
    const { answer, asked, headers, endpoints } = await ask(json);
    expect(await answer).toMatchObject({ status: 200, text: '{"a":1}' });
    expect(asked).toEqual(['provider.test/data']);
    expect(endpoints).toEqual([{ host: 'provider.test', address: publicAddress, port: 443 }]);
    expect(headers[0]).toMatchObject({ 'user-agent': 'nightdesk tests', 'accept-encoding': 'gzip' });
  });

  test('is unpacked', async () => {
    const { answer } = await ask((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync('[1]'));
    });
    expect((await answer).text).toBe('[1]');
  });
});

describe('keys', () => {
  const value = createSecret('s3cret key');
  const places = { path: 'path', query: { query: 'apikey' }, header: { header: 'x-key' } } as const;
  const asking = (place: keyof typeof places): HttpRequest => ({
    ...request,
    path: place === 'path' ? '/{key}/data' : '/data',
    query: { symbol: 'A B' },
    secret: { value, place: places[place] },
  });

  test('go where the provider wants them', async () => {
    const inPath = await ask(json, { request: asking('path') });
    await inPath.answer;
    expect(inPath.asked).toEqual(['provider.test/s3cret%20key/data?symbol=A+B']);
    const inQuery = await ask(json, { request: asking('query') });
    await inQuery.answer;
    expect(inQuery.asked).toEqual(['provider.test/data?symbol=A+B&apikey=s3cret+key']);
    const inHeader = await ask(json, { request: asking('header') });
    await inHeader.answer;
    expect(inHeader.headers[0]).toMatchObject({ 'x-key': 's3cret key' });
  });

  test.each(['path', 'query', 'header'] as const)(
    'in the %s appear in no error, not even where the provider echoes them',
    async (place) => {
      const echo = status(401, {}, '{"error":"bad key s3cret key, s3cret%20key"}');
      const { answer } = await ask(echo, { request: asking(place) });
      const thrown: unknown = await answer.catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'NotAuthorized' });
      expect(JSON.stringify(thrown) + String((thrown as Error).stack)).not.toMatch(/s3cret/);
    },
  );

  test.each([400, 401, 402, 404, 503])(
    'are hidden before an answer of status %i is cut for its error',
    async (code) => {
      for (let before = 180; before <= 200; before++) {
        const echo = status(code, {}, `${'.'.repeat(before)}s3cret key, s3cret+key`);
        const { answer } = await ask(echo, { request: asking('query'), attempts: 1 });
        const thrown: unknown = await answer.catch((error: unknown) => error);
        expect((thrown as DeskError).place.found, `${before} characters before it`).not.toMatch(/s3|key/);
      }
    },
  );

  test('stand in no text of a good answer', async () => {
    const { answer } = await ask(status(200, {}, '{"you":"s3cret key"}'), { request: asking('header') });
    expect((await answer).text).toBe('{"you":"[redacted]"}');
  });
});

describe('retries', () => {
  test('wait as long as the answer asks, in seconds or by date', async () => {
    const { answer, clock } = await ask(
      inTurn(
        status(429, { 'retry-after': '7' }),
        status(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:20 GMT' }),
        json,
      ),
    );
    expect((await answer).status).toBe(200);
    expect(clock.slept).toEqual([7_000, 13_000]);
  });

  test('wait twice as long every time where nothing is asked for, and end', async () => {
    const { answer, clock, asked } = await ask(status(502));
    await expect(answer).rejects.toMatchObject(refused('NotReachable', /out of order/, { found: 'status 502' }));
    expect(clock.slept).toEqual([500, 1_000]);
    expect(asked).toHaveLength(3);
  });

  test('follow what the body says', async () => {
    const waiting = {
      ...provider,
      waitAskedMs: ({ text }: { text: string }) => (text.includes('10028') ? 1_500 : undefined),
    };
    const body = '{"error":{"code":10028}}';
    const { answer, clock } = await ask(inTurn(status(200, {}, body), status(400, {}, body), json), {
      provider: waiting,
    });
    expect((await answer).text).toBe('{"a":1}');
    expect(clock.slept).toEqual([1_500, 1_500]);
    const { answer: never } = await ask(status(200, {}, body), { provider: waiting });
    await expect(never).rejects.toMatchObject(
      refused('RateLimited', /no more requests/, { expected: 'another try in 2 s' }),
    );
  });

  test('are not waited for beyond the limit: the caller is told when', async () => {
    const { answer, clock } = await ask(status(429, { 'retry-after': '3600' }));
    await expect(answer).rejects.toMatchObject(
      refused('RateLimited', /takes no more requests/, { expected: 'another try in 3600 s' }),
    );
    expect(clock.slept).toEqual([]);
  });

  test('try again after a connection that broke', async () => {
    const broken: Handler = (incoming) => incoming.socket.destroy();
    const { answer, asked } = await ask(inTurn(broken, json));
    expect((await answer).status).toBe(200);
    expect(asked).toHaveLength(2);
    const { answer: never } = await ask(broken);
    await expect(never).rejects.toMatchObject(refused('NotReachable', /cannot be reached/));
  });

  test.each([
    [400, 'BadInput'],
    [401, 'NotAuthorized'],
    [402, 'NotAuthorized'],
    [403, 'NotAuthorized'],
    [404, 'NotFound'],
    [410, 'BadInput'],
  ])('are not made for %d', async (code, error) => {
    const { answer, asked } = await ask(status(code, {}, '{"why":"not"}'));
    await expect(answer).rejects.toMatchObject(refused(error, /provider/, { found: `status ${code}: {"why":"not"}` }));
    expect(asked).toHaveLength(1);
  });
});

describe('hostile answers', () => {
  test.each([
    ['text/html; charset=utf-8', 'text/html'],
    ['', 'no content type'],
  ])('of another type are refused: %s', async (type, found) => {
    const { answer } = await ask((_, response) => {
      if (type !== '') response.setHeader('content-type', type);
      response.end('<html>captcha</html>');
    });
    await expect(answer).rejects.toMatchObject(refused('SourceChanged', /something else/, { expected: 'JSON', found }));
  });

  test.each([301, 302, 307, 308])('that redirect (%d) are not followed, wherever to', async (code) => {
    const { answer, asked } = await ask(status(code, { location: 'http://169.254.169.254/latest/meta-data/?x=1' }));
    await expect(answer).rejects.toMatchObject(
      refused('SourceChanged', /redirects, which is not followed/, { found: 'to 169.254.169.254' }),
    );
    expect(asked).toHaveLength(1);
  });

  test('that announce a huge body are refused before it comes', async () => {
    const { answer } = await ask(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99999999999' });
        response.write('[');
      },
      { attempts: 1 },
    );
    await expect(answer).rejects.toMatchObject(
      refused('ResourceExhausted', /too large/, { found: '99999999999 bytes announced' }),
    );
  });

  test('that never end are cut off', async () => {
    const { answer } = await ask(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = () => {
          while (!response.destroyed && response.write('0'.repeat(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
      { request: { ...request, maxBytes: 1_000_000 } },
    );
    await expect(answer).rejects.toMatchObject(
      refused('ResourceExhausted', /too large/, { found: 'more than 1000000 bytes' }),
    );
  });

  test('that unpack to a thousand times their size are cut off', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const { answer } = await ask(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
      },
      { request: { ...request, maxBytes: 1_000_000 } },
    );
    await expect(answer).rejects.toMatchObject(refused('ResourceExhausted', /too large/));
  });

  test.each([
    ['gzip', 'plain text', /cannot be unpacked/],
    ['br', 'brotli', /another encoding/],
  ])('that lie about their encoding (%s) are refused', async (encoding, body, message) => {
    const { answer } = await ask((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body);
    });
    await expect(answer).rejects.toMatchObject(refused('SourceChanged', message));
  });

  test('that are no text are refused', async () => {
    const { answer } = await ask((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22]));
    });
    await expect(answer).rejects.toMatchObject(refused('SourceChanged', /no text/));
  });

  test('that drip end with the time-out', async () => {
    const { answer } = await ask(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drip));
      },
      { timeoutMs: 250, attempts: 1 },
    );
    await expect(answer).rejects.toMatchObject(
      refused('TimedOut', /did not answer in time/, { expected: 'an answer within 0.25 s' }),
    );
  });

  test('with headers beyond all measure are refused', async () => {
    const { answer } = await ask(status(200, { 'x-long': 'a'.repeat(100_000) }), { attempts: 1 });
    await expect(answer).rejects.toMatchObject(
      refused('NotReachable', /cannot be reached/, { found: 'HPE_HEADER_OVERFLOW' }),
    );
  });
});

describe('names', () => {
  test.each([
    ['127.0.0.1'],
    ['10.0.0.8'],
    ['169.254.169.254'],
    ['::1'],
    ['::ffff:10.0.0.1'],
    [publicAddress, '192.168.0.1'],
  ])('that resolve inside are refused: %s %s', async (...addresses) => {
    const { answer, endpoints } = await ask(json, { resolve: () => Promise.resolve(addresses) });
    await expect(answer).rejects.toMatchObject(refused('SourceChanged', /resolves to an address inside/));
    expect(endpoints).toEqual([]);
  });

  test('are resolved once a try: a second answer (DNS rebinding) is never connected to', async () => {
    let times = 0;
    const resolve = () => Promise.resolve(times++ === 0 ? [publicAddress] : ['127.0.0.1']);
    const { answer, client, endpoints } = await ask(json, { resolve });
    expect((await answer).status).toBe(200);
    expect(endpoints.map(({ address }) => address)).toEqual([publicAddress]);
    await expect(client.get(provider, request, new AbortController().signal)).rejects.toMatchObject(
      refused('SourceChanged', /resolves to an address inside/, { found: '127.0.0.1' }),
    );
    expect(endpoints).toHaveLength(1);
  });

  test('of other hosts are never asked', async () => {
    const { client, answer, asked } = await ask(json);
    await answer;
    const elsewhere = client.get(provider, { ...request, host: 'evil.test' }, new AbortController().signal);
    await expect(elsewhere).rejects.toMatchObject({ code: 'Internal' });
    expect(asked).toHaveLength(1);
  });

  test('that a certificate does not bear are refused', async () => {
    const other = { ...provider, hosts: ['unnamed.test'] };
    const { answer } = await ask(json, { provider: other, request: { ...request, host: 'unnamed.test' } });
    await expect(answer).rejects.toMatchObject({
      code: 'NotReachable',
      place: { found: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });

  test('that do not resolve, or never, are not reachable', async () => {
    const { answer } = await ask(json, {
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    await expect(answer).rejects.toMatchObject(refused('NotReachable', /cannot be reached/, { found: 'ENOTFOUND' }));
    const { answer: silent } = await ask(json, { resolve: () => new Promise(() => {}), timeoutMs: 50, attempts: 1 });
    await expect(silent).rejects.toMatchObject(refused('TimedOut', /did not answer/));
    const { answer: empty } = await ask(json, { resolve: () => Promise.resolve([]) });
    await expect(empty).rejects.toMatchObject(refused('NotReachable', /no address/));
  });
});

test('a stop ends a request on its way', async () => {
  const controller = new AbortController();
  const { network } = await localProvider(() => controller.abort());
  const client = createHttpClient({ network, clock: jumpingClock(), userAgent: 'x' });
  await expect(client.get(provider, request, controller.signal)).rejects.toMatchObject(refused('Cancelled', /stopped/));
});

test('requests of one provider keep its limit', async () => {
  const limited = { ...provider, limit: { requests: 20, perMs: 60_000 } };
  const { client, clock, answer } = await ask(json, { provider: limited });
  await answer;
  for (let i = 0; i < 3; i++) await client.get(limited, request, new AbortController().signal);
  expect(clock.slept).toEqual([3_000, 3_000, 3_000]);
});

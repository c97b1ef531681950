import { describe, expect, test } from 'vitest';
import type { Handler } from '../http/local-provider.ts';
import { fetching, settings } from './fetched.ts';
import { type Endpoint, endpoints, nowMs } from './hostile-answers.ts';

type Json = Record<string, unknown>;

const keysOf = (at: string): string[] => at.split(/[.[\]]+/).filter((key) => key !== '');

/** A copy of an answer with another value at a place, or without it. */
function spoilt(answer: unknown, place: string, value: unknown): unknown {
  const keys = keysOf(place);
  const last = keys.pop();
  if (last === undefined) return value;
  const copy: unknown = structuredClone(answer);
  const holder = keys.reduce<unknown>((inner, key) => (inner as Json)[key], copy) as Json;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const listAt = (answer: unknown, place: string) =>
  keysOf(place).reduce<unknown>((inner, key) => (inner as Json)[key], answer) as readonly unknown[];

/** The good answers of an endpoint, but for what `wrong` does at its path. */
const answering =
  ({ answers, path, otherPrefix = '' }: Endpoint, wrong: Handler): Handler =>
  (request, response) => {
    const asked = (request.url ?? '').split('?')[0];
    const answer = answers[asked];
    if (asked === path) wrong(request, response);
    else if (typeof answer === 'string') sends(answer, { 'content-type': 'text/plain' })(request, response);
    else if (answer === undefined) sends('', {}, 404)(request, response);
    else sends(otherPrefix + JSON.stringify(answer))(request, response);
  };

const sends =
  (body: string, headers: Record<string, string> = {}, status = 200): Handler =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

const goodText = ({ answers, path, prefix = '' }: Endpoint) => prefix + JSON.stringify(answers[path]);

/** Fetches where the one answer is wrong. */
async function ask(endpoint: Endpoint, wrong: Handler, more: object = {}) {
  const stand = await fetching(answering(endpoint, wrong), { nowMs, ...endpoint.more, ...more });
  return { ...stand, payload: stand.fetch(endpoint.plugin, endpoint.query) };
}

/** What becomes of a fetch whose answer has another value at a place. */
async function refusalOf(endpoint: Endpoint, place: string, value: unknown): Promise<unknown> {
  const answer = spoilt(endpoint.answers[endpoint.path], place, value);
  const { payload } = await ask(endpoint, sends((endpoint.prefix ?? '') + JSON.stringify(answer)));
  return payload.then(
    (found) => ({ payload: found }),
    (thrown: unknown) => thrown,
  );
}

const placeOf = (place: string) => (place.startsWith('[') || place === '' ? `answer${place}` : `answer.${place}`);

/** A refusal in the name of the provider, at a place of its answer. */
const changedAt = ({ provider }: Endpoint, path: string) => ({
  code: 'SourceChanged',
  message: expect.stringMatching(new RegExp(`^${provider}: `)),
  place: { path },
});

describe.each(Object.entries(endpoints))('%s', (_, endpoint) => {
  const { fields, rows, provider, host, path } = endpoint;

  test('is read when all is well', async () => {
    const { payload, asked } = await ask(endpoint, sends(goodText(endpoint)));
    await payload;
    expect(asked.some((line) => line.startsWith(`${host}${path}`))).toBe(true);
  });

  const places = fields.map(([place, wrong, missing]) => ({ place, wrong, missing }));
  test.each(places)('is refused where $place cannot be, or is missing', async ({ place, wrong, missing }) => {
    expect(await refusalOf(endpoint, place, wrong)).toMatchObject(changedAt(endpoint, placeOf(place)));
    if (missing === 'allowed' || place.endsWith(']')) return;
    expect(await refusalOf(endpoint, place, undefined)).toMatchObject(changedAt(endpoint, placeOf(place)));
  });

  const mustHaveRows = rows.mayBeEmpty === true ? [] : [rows.at];
  test.each(mustHaveRows)('is refused without rows', async () => {
    expect(await refusalOf(endpoint, rows.at, [])).toMatchObject(changedAt(endpoint, placeOf(rows.at)));
  });

  const timed = rows.time === undefined ? [] : [rows.time];
  test.each(timed)('is refused with rows twice, or in disorder: %s', async (time) => {
    const [a, b, c, ...rest] = listAt(endpoint.answers[path], rows.at);
    const at = (i: number) => changedAt(endpoint, placeOf(`${rows.at}[${i}]${time}`));
    expect(await refusalOf(endpoint, rows.at, [a, b, b, c, ...rest])).toMatchObject(at(2));
    const disorder = await refusalOf(endpoint, rows.at, [a, c, b, ...rest]);
    const allowed = { payload: {} };
    expect(disorder).toMatchObject(rows.anyOrder === true ? allowed : at(2));
  });

  const html = '<!doctype html><p>Just a moment…';
  const refused = (code: string, more = {}) => ({
    code,
    message: expect.stringMatching(new RegExp(`${provider.split('.')[0]}|${host}`)),
    ...more,
  });
  test.each<[string, Handler, object]>([
    ['a page that calls itself JSON', sends(html), refused('SourceChanged')],
    ['a page', sends(html, { 'content-type': 'text/html' }), refused('SourceChanged')],
    ['half of it', sends(goodText(endpoint).slice(0, -1)), refused('SourceChanged')],
    ['NaN', sends(goodText(endpoint).replace(/\d+/, 'NaN')), { code: 'SourceChanged' }],
    ['nothing', sends(''), refused('SourceChanged')],
    ['null', sends(`${endpoint.prefix ?? ''}null`), refused('SourceChanged')],
    ['a server out of order', sends('{}', {}, 503), refused('NotReachable')],
    ['no more requests', sends('{}', { 'retry-after': '900' }, 429), refused('RateLimited')],
    [
      'more than anybody can want',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99999999999' }).write('[');
      },
      { code: 'ResourceExhausted', place: { path: expect.stringContaining(host) } },
    ],
  ])('is refused as %s', async (_name, wrong, refusal) => {
    const { payload } = await ask(endpoint, wrong);
    await expect(payload).rejects.toMatchObject(refusal);
  });

  test('is asked again after the time that it asks for', async () => {
    let times = 0;
    const { payload, clock } = await ask(endpoint, (request, response) => {
      const limited = sends('{}', { 'retry-after': '7' }, 429);
      (times++ === 0 ? limited : sends(goodText(endpoint)))(request, response);
    });
    await payload;
    expect(clock.slept).toContain(7_000);
  });

  test('is not waited for beyond its time', async () => {
    const { settings: own = settings() } = endpoint.more ?? {};
    const silent: Handler = () => {};
    const { payload } = await ask(endpoint, silent, { settings: { ...own, timeout_seconds: 0.1 } });
    await expect(payload).rejects.toMatchObject({ code: 'TimedOut' });
  });
});

import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { roughSeries } from '../../plugins/alpha/rough-series.ts';
import type { Handler } from '../http/local-provider.ts';
import { fetching, settings } from './fetched.ts';

const id = 'alpha_google_trends';
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** A Wednesday noon; its week began on Monday 2025-06-30. */
const nowMs = Date.UTC(2025, 6, 2, 12);
const monday = Date.UTC(2025, 5, 30);

type Payload = { segments: { points: { t: number; value: number; partial?: true }[] }[]; quantised: boolean };

describe('page views of Wikipedia', () => {
  const stamp = (t: number) => `${new Date(t).toISOString().slice(0, 10).replaceAll('-', '')}00`;
  const views = (t: number) => 1_000 + ((t / dayMs) % 7) * 10;
  const daily: Handler = (request, response) => {
    const [, from = '', to = ''] = /daily\/(\d{8})\/(\d{8})$/.exec(request.url ?? '') ?? [];
    const date = (text: string) =>
      Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6)));
    const items = [];
    for (let t = date(from); t <= date(to); t += dayMs) items.push({ timestamp: stamp(t), views: views(t) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items }));
  };

  test('are added up to weeks from Monday; the week that runs is partial', async () => {
    const { fetch, asked, headers } = await fetching(daily, { nowMs });
    const payload = (await fetch(id, { provider: 'wikipedia', article: 'Solana (platform)', weeks: 30 })) as Payload;
    const [{ points }] = payload.segments;
    expect(payload.quantised).toBe(false);
    expect(points).toHaveLength(30);
    expect(points[0]).toEqual({ t: monday - 29 * weekMs, value: 7_210 });
    expect(points[29]).toEqual({ t: monday, value: views(monday) + views(monday + dayMs), partial: true });
    expect(asked).toEqual([
      'wikimedia.org/api/rest_v1/metrics/pageviews/per-article/en.wikipedia.org/all-access/user/Solana_(platform)/daily/20241209/20250701',
    ]);
    expect(headers[0]['user-agent']).toBe('nightdesk (desk@example.org)');
    expect(runPlugin(id, payload, { strict: true })).toMatchObject({ t: monday - weekMs, asvi: 0 });
  });

  test('need an address that Wikimedia can write to', async () => {
    const { contact, ...without } = settings();
    expect(contact).toBeDefined();
    const { fetch, asked } = await fetching(daily, { nowMs, settings: without });
    const refused = {
      code: 'NotAuthorized',
      place: { path: 'contact', expected: expect.stringMatching('sources.yaml') },
    };
    await expect(fetch(id, { provider: 'wikipedia', article: 'Bitcoin' })).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  test('of a page that is not there', async () => {
    const { fetch } = await fetching({});
    await expect(fetch(id, { provider: 'wikipedia', article: 'Bitcoin' })).rejects.toMatchObject({ code: 'NotFound' });
  });

  test.each(['../../secret', 'a/b?c=d#e', 'x\r\nhost: evil'])('a title stays a title: %j', async (article) => {
    const { fetch, asked } = await fetching(daily, { nowMs });
    await fetch(id, { provider: 'wikipedia', article });
    expect(asked[0]).toContain(`/user/${encodeURIComponent(article.replaceAll(' ', '_'))}/daily/`);
  });
});

const interest = roughSeries(2, 60).map((value) => 50 + Math.round(2_000 * value));

describe('SerpApi', () => {
  const timeline = interest.map((value, i) => ({
    date: 'a week',
    timestamp: String((monday - (59 - i) * weekMs) / 1_000),
    values: [{ query: 'bitcoin', value: String(value), extracted_value: value }],
    ...(i === 59 && { partial_data: true }),
  }));

  test('gives interest by week; <1 is a half', async () => {
    const rows = timeline.with(0, { ...timeline[0], values: [{ query: 'b', value: '<1', extracted_value: 0 }] });
    const { fetch, asked } = await fetching({ '/search.json': { interest_over_time: { timeline_data: rows } } });
    const payload = (await fetch(id, { provider: 'serpapi', keyword: 'buy solana', geo: 'US' })) as Payload;
    const [{ points }] = payload.segments;
    expect(points[0]).toEqual({ t: monday - 59 * weekMs, value: 0.5 });
    expect(points[59]).toEqual({ t: monday, value: interest[59], partial: true });
    expect(asked[0]).toBe(
      'serpapi.com/search.json?engine=google_trends&data_type=TIMESERIES&q=buy+solana&date=today+5-y&tz=0&geo=US&api_key=serp-key',
    );
    expect(runPlugin(id, payload, { strict: true }).t).toBe(monday - weekMs);
  });

  test('answers an error as its documentation shows it', async () => {
    const { fetch } = await fetching({
      '/search.json': { error: 'Google hasn’t returned any results for this query.' },
    });
    const refused = { code: 'SourceChanged', place: { path: 'answer.interest_over_time' } };
    await expect(fetch(id, { provider: 'serpapi', keyword: 'x' })).rejects.toMatchObject(refused);
  });
});

describe('the pages of Google Trends', () => {
  const query = { provider: 'googleUnofficial', keyword: 'bitcoin' };
  const allowed = { settings: settings({ unofficial: { google: true, yahoo: false } }) };
  const pages =
    (limited = false): Handler =>
    (request, response) => {
      const json = (text: string) => response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      const path = request.url?.split('?')[0];
      if (path === '/trends/') {
        response.writeHead(302, { 'set-cookie': ['NID=abc; Path=/; Secure', 'X=1'], location: '/elsewhere' }).end();
      } else if (limited) {
        response.writeHead(403, { 'content-type': 'text/html', 'retry-after': '600' }).end('<html>');
      } else if (path === '/trends/api/explore') {
        json(`)]}'\n${JSON.stringify({ widgets: [{ id: 'TIMESERIES', token: 'tok', request: { a: 1 } }] })}`);
      } else {
        const timelineData = interest.map((value, i) => ({
          time: String((monday - (59 - i) * weekMs) / 1_000),
          value: [value],
          formattedValue: [String(value)],
          ...(i === 59 && { isPartial: true }),
        }));
        json(`)]}',\n${JSON.stringify({ default: { timelineData } })}`);
      }
    };

  test('are off until they are turned on', async () => {
    const { fetch, asked } = await fetching(pages());
    const refused = { code: 'NotAuthorized', place: { path: 'unofficial.google' } };
    await expect(fetch(id, query)).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  test('take the cookie, the token, and then the weeks', async () => {
    const { fetch, asked, headers } = await fetching(pages(), allowed);
    const payload = (await fetch(id, query)) as Payload;
    expect(payload.segments[0].points).toHaveLength(60);
    expect(payload.quantised).toBe(true);
    expect(asked[1]).toContain(encodeURIComponent('"keyword":"bitcoin"'));
    expect(asked[2]).toContain('&req=%7B%22a%22%3A1%7D&token=tok');
    expect(headers[2]['cookie']).toBe('NID=abc; X=1');
    expect(runPlugin(id, payload, { strict: true }).t).toBe(monday - weekMs);
  });

  test('that block are RateLimited, with the wait that they ask for', async () => {
    const { fetch } = await fetching(pages(true), allowed);
    const refused = { code: 'RateLimited', place: { expected: 'another try in 600 s' } };
    await expect(fetch(id, query)).rejects.toMatchObject(refused);
  });

  test('that begin in another way have changed', async () => {
    const { fetch } = await fetching({ '/trends/api/explore': { widgets: [] } }, allowed);
    const refused = { code: 'SourceChanged', message: 'googleUnofficial: an answer that begins in another way' };
    await expect(fetch(id, query)).rejects.toMatchObject(refused);
  });
});

test.each([
  [{ provider: 'wikipedia', article: '' }, 'query.article'],
  [{ provider: 'wikipedia', article: 'x', project: 'evil.test' }, 'query.project'],
  [{ provider: 'serpapi', keyword: 'x', geo: '../' }, 'query.geo'],
  [{ provider: 'googleAlpha' }, 'query.provider'],
])('a wrong query is refused by path: %j', async (query, path) => {
  const { fetch } = await fetching({});
  await expect(fetch(id, query)).rejects.toMatchObject({ code: 'BadInput', place: { path } });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { roughSeries } from '../../plugins/alpha/rough-series.ts';
import type { Handler } from '../http/local-provider.ts';
import { fetching, keys, settings, temporaryFolder } from './fetched.ts';

const id = 'alpha_whisper_spread';
const dayMs = 86_400_000;
const nowMs = Date.UTC(2025, 6, 1, 12);

function file(text: string, name = 'whispers.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('earnings', () => {
  const report = (date: string, epsEstimated: number | null, epsActual: number | null) => ({
    symbol: 'AAPL',
    date,
    epsActual,
    epsEstimated,
    revenueActual: 1,
    lastUpdated: date,
  });
  const reports = [
    report('2025-07-31', 1.42, null),
    report('2025-07-01', 9, 9),
    report('2025-05-01', 1.62, 1.65),
    report('2025-01-30', 2.35, 2.4),
    report('2024-10-31', 1.6, 1.64),
    report('2024-08-01', 1.35, 1.4),
    report('2024-05-02', 1.5, 1.53),
    report('2024-02-01', null, 2.18),
  ];
  const csv = `date,whisper,price
2025-07-31,1.47,211.2
2025-05-01,1.66,213.3
2025-01-30,"2.37",237.6
2024-10-31,1.63,225.9
2024-08-01,1.36,218.4
2024-02-01,2.2,186.9
`;
  const ask = async (whispers: string, answer: unknown = reports) => {
    const { fetch } = await fetching({ '/stable/earnings': answer }, { nowMs });
    return fetch(id, { mode: 'earnings', symbol: 'AAPL', whispers });
  };

  test('meet the whispers of the user’s file; without one, or of today, a report is no history', async () => {
    const payload = await ask(file(csv));
    expect(payload).toEqual({
      mode: 'earnings',
      history: [
        { consensus: 1.35, whisper: 1.36, price: 218.4, actual: 1.4 },
        { consensus: 1.6, whisper: 1.63, price: 225.9, actual: 1.64 },
        { consensus: 2.35, whisper: 2.37, price: 237.6, actual: 2.4 },
        { consensus: 1.62, whisper: 1.66, price: 213.3, actual: 1.65 },
      ],
      current: { consensus: 1.42, whisper: 1.47, price: 211.2 },
    });
    expect(runPlugin(id, payload as never, { strict: true }).surpriseProbability).toBeGreaterThan(0.5);
  });

  test('may come as JSON', async () => {
    const rows = csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.replaceAll('"', '').split(','));
    const text = JSON.stringify(
      rows.map(([date, whisper, price]) => ({ date, whisper: Number(whisper), price: Number(price) })),
    );
    expect(await ask(file(text, 'whispers.json'))).toEqual(await ask(file(csv)));
  });

  test.each([
    ['nothing of the report ahead', csv.replace('2025-07-31,1.47,211.2\n', ''), 'query.whispers'],
    ['other columns', 'day,whisper,price\n', undefined],
    ['a date of another form', 'date,whisper,price\n31.7.2025,1,2\n', undefined],
    ['no number', 'date,whisper,price\n2025-07-31,?,2\n', 'row 2'],
  ])('a file with %s is refused', async (_, text, path) => {
    const place = path === undefined ? {} : { path };
    await expect(ask(file(text))).rejects.toMatchObject({ code: 'BadInput', place });
  });

  test('a file that is not there is refused', async () => {
    await expect(ask('/nowhere/whispers.csv')).rejects.toMatchObject({
      code: 'BadInput',
      place: { path: 'query.whispers' },
    });
  });
});

describe('a licensed endpoint', () => {
  const endpoint = {
    url: 'https://whispers.test/v1/eps?symbol={symbol}&kind=w',
    key: 'WHISPER_API_KEY',
    header: 'x-api-key',
    rows: 'data.items',
    fields: { date: 'report.date', whisper: 'eps', price: 'last' },
  };
  const environment = { ...keys, WHISPER_API_KEY: 'whisper-key' };
  const items = ['2025-07-31', '2025-05-01', '2025-01-30', '2024-10-31', '2024-08-01'].map((date, i) => ({
    report: { date: `${date}T20:30:00Z` },
    eps: 1.4 + i / 10,
    last: String(200 + i),
  }));
  const reports = items.map(({ report: { date } }, i) => ({
    date: date.slice(0, 10),
    epsActual: i === 0 ? null : 1.5 + i / 10,
    epsEstimated: 1.35 + i / 10,
  }));
  const query = { mode: 'earnings', symbol: 'BRK.B' };
  const ask = (more: object = {}, rows: unknown = items) =>
    fetching(
      { '/stable/earnings': reports, '/v1/eps': { data: { items: rows } } },
      { nowMs, environment, settings: settings({ whispers: endpoint }), ...more },
    );

  test('is asked where no file is given, with the key in its header', async () => {
    const { fetch, asked, headers } = await ask();
    const payload = (await fetch(id, query)) as { history: object[]; current: object };
    expect(asked[0]).toBe('whispers.test/v1/eps?symbol=BRK.B&kind=w');
    expect(headers[0]['x-api-key']).toBe('whisper-key');
    expect(payload.current).toEqual({ consensus: 1.35, whisper: 1.4, price: 200 });
    expect(payload.history).toHaveLength(4);
    expect(runPlugin(id, payload as never, { strict: true }).confidence).toBeGreaterThan(0);
  });

  test('says which key is missing, and that there is no public source', async () => {
    const { fetch } = await ask({ environment: keys });
    await expect(fetch(id, query)).rejects.toMatchObject({ code: 'NotAuthorized', place: { path: 'WHISPER_API_KEY' } });
    const { fetch: without } = await ask({ settings: settings() });
    const refused = { code: 'NotAuthorized', message: 'whispers have no public source' };
    await expect(without(id, query)).rejects.toMatchObject(refused);
  });

  test.each([
    ['no rows where they should be', {}, 'answer.data.items'],
    ['a row without a number', [{ ...items[0], eps: 'high' }], 'answer[0].whisper'],
    ['a row without a date', [{ ...items[0], report: {} }], 'answer[0].date'],
  ])('with %s is refused by its place', async (_, rows, path) => {
    const { fetch } = await ask({}, rows);
    await expect(fetch(id, query)).rejects.toMatchObject({ code: 'SourceChanged', place: { path } });
  });
});

describe('unlocks', () => {
  const event = (date: number, tokens: number, unlockType = 'cliff') => ({
    timestamp: date / 1_000,
    noOfTokens: [tokens],
    category: 'insiders',
    unlockType,
  });
  const dates = [1, 2, 3, 4, 5].map((month) => Date.UTC(2025, month, 16));
  const next = Date.UTC(2025, 6, 16);
  const emissions = [
    { name: 'Other', gecko_id: 'other', events: [] },
    {
      name: 'Arbitrum',
      gecko_id: 'arbitrum',
      events: [...dates.map((t) => event(t, 60)), event(dates[1], 40), event(dates[2], 999, 'linear'), event(next, 92)],
    },
  ];
  const supply = (tokens: number) => ({
    label: 'x',
    data: [{ timestamp: 1_600_000_000, unlocked: tokens, rawEmission: 0 }],
  });
  const emission = { body: { documentedData: { data: [supply(4_000), supply(600)] }, metadata: { total: [10_000] } } };

  const first = Date.UTC(2024, 9, 1);
  const days = 300;
  const [common, own] = [roughSeries(1, days), roughSeries(2, days)];
  const seriesOf = (returns: readonly number[]) => {
    let level = 0;
    return returns.map((value) => {
      level += value;
      return 100 * Math.exp(level);
    });
  };
  const market = seriesOf(common);
  /** Twice the market, 1 bp a day, noise, and 3 % lost on the day of each unlock. */
  const isUnlock = (i: number) => dates.includes(first + i * dayMs);
  const token = seriesOf(common.map((value, i) => 2 * value + 1e-4 + own[i] / 10 - (isUnlock(i) ? 0.03 : 0)));

  const pages: Handler = (request, response) => {
    const url = new URL(request.url ?? '', 'https://x');
    const json = (answer: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (url.pathname === '/llama-key/api/emissions') json(emissions);
    else if (url.pathname === '/llama-key/api/emission/arbitrum') json(emission);
    else {
      const start = Number(url.searchParams.get('startTime'));
      const closes = url.searchParams.get('symbol') === 'BTCUSDT' ? market : token;
      const bars = closes.map((close, i) => [first + i * dayMs, '1', '1', '1', String(close)] as const);
      json(bars.filter(([t]) => t >= start && t <= Number(url.searchParams.get('endTime'))));
    }
  };

  test('cliffs over what was unlocked before, and returns beyond the market', async () => {
    const { fetch, asked } = await fetching(pages, { nowMs });
    const payload = (await fetch(id, { mode: 'unlock', protocol: 'arbitrum', symbol: 'ARB' })) as {
      history: { unlockFraction: number; abnormalReturn: number }[];
      current: { unlockFraction: number };
    };
    expect(asked[0]).toBe('pro-api.llama.fi/llama-key/api/emissions');
    expect(payload.current.unlockFraction).toBeCloseTo(92 / 4_600, 12);
    expect(payload.history.map(({ unlockFraction }) => unlockFraction)).toEqual(
      [60, 100, 60, 60, 60].map((tokens) => tokens / 4_600),
    );
    for (const { abnormalReturn } of payload.history) expect(Math.abs(abnormalReturn + 0.03)).toBeLessThan(0.015);
    expect(runPlugin(id, { mode: 'unlock', ...payload } as never, { strict: true }).signal).toBeLessThan(0);
  });

  test('the schedule may come as JSON inside of JSON', async () => {
    const { fetch } = await fetching(
      (request, response) => {
        if (request.url !== '/llama-key/api/emission/arbitrum') pages(request, response);
        else {
          const answer = { body: JSON.stringify(emission.body) };
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        }
      },
      { nowMs },
    );
    const payload = await fetch(id, { mode: 'unlock', protocol: 'arbitrum', symbol: 'ARB' });
    expect(payload).toMatchObject({ mode: 'unlock', current: { unlockFraction: 92 / 4_600 } });
  });

  test('the key, which is a part of the path, is in no refusal', async () => {
    const { fetch } = await fetching((_, response) => {
      response.writeHead(402, { 'content-type': 'application/json' }).end('{"path":"/llama-key/api/emissions"}');
    });
    const thrown = await fetch(id, { mode: 'unlock', protocol: 'arbitrum', symbol: 'ARB' }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({
      code: 'NotAuthorized',
      place: { path: 'GET https://pro-api.llama.fi/{key}/api/emissions' },
    });
    expect(JSON.stringify(thrown) + String((thrown as Error).stack)).not.toContain('llama-key');
  });

  test.each([
    ['a protocol that is not known', { protocol: 'nothing', symbol: 'ARB' }, 'NotFound', 'query.protocol'],
    ['one without a cliff ahead', { protocol: 'other', symbol: 'ARB' }, 'NotFound', 'query.protocol'],
    ['a path for a name', { protocol: '../x', symbol: 'ARB' }, 'BadInput', 'query.protocol'],
  ])('%s is refused', async (_, query, code, path) => {
    const { fetch } = await fetching((request, response) => {
      if (request.url === '/llama-key/api/emission/other') response.writeHead(404).end();
      else pages(request, response);
    });
    const place = query.protocol === 'other' ? {} : { path };
    await expect(fetch(id, { mode: 'unlock', ...query })).rejects.toMatchObject({ code, place });
  });
});

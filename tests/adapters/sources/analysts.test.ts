import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import type { Handler } from '../http/local-provider.ts';
import { fetching, recorded, settings, temporaryFolder } from './fetched.ts';

const id = 'alpha_analyst_revisions';
const dayMs = 86_400_000;
const nowMs = Date.UTC(2025, 6, 1);

type Payload = { asOf: number; issuers: { symbol: string; events: { t: number }[]; estimates?: object }[] };

describe('FMP', () => {
  const grade = (date: string, action: string, previousGrade: string, newGrade: string) => ({
    symbol: 'COIN',
    date,
    gradingCompany: 'A',
    previousGrade,
    newGrade,
    action,
  });
  const answers = (epsAvg: number) => ({
    '/stable/grades': [
      grade('2025-06-20', 'upgrade', 'Hold', 'Buy'),
      grade('2025-06-10', 'initialise', '', 'Outperform'),
      grade('2025-06-05', 'maintain', 'Buy', 'Buy'),
      grade('2025-06-04', 'something new', 'Buy', 'Buy'),
      grade('2025-07-02', 'downgrade', 'Buy', 'Hold'),
    ],
    '/stable/analyst-estimates': [
      { symbol: 'COIN', date: '2025-12-31', epsAvg: 2.1, numAnalystsEps: 12 },
      { symbol: 'COIN', date: '2025-09-30', epsAvg, numAnalystsEps: 14 },
      { symbol: 'COIN', date: '2025-06-30', estimatedEpsAvg: 1.2 },
    ],
    '/stable/quote': [{ symbol: 'COIN', price: 250 }],
  });
  const query = { provider: 'fmp', issuers: [{ symbol: 'COIN', weight: 0.6 }] };

  test('ratings in the words of the plugin, nothing of after now, unknown actions left out', async () => {
    const { fetch, asked } = await fetching(answers(1.6), { nowMs });
    const payload = (await fetch(id, query)) as Payload;
    expect(payload).toEqual({
      asOf: nowMs,
      issuers: [
        {
          symbol: 'COIN',
          weight: 0.6,
          events: [
            { t: Date.UTC(2025, 5, 20), firm: 'A', fromGrade: 'Hold', toGrade: 'Buy', action: 'up' },
            { t: Date.UTC(2025, 5, 10), firm: 'A', toGrade: 'Outperform', action: 'init' },
            { t: Date.UTC(2025, 5, 5), firm: 'A', fromGrade: 'Buy', toGrade: 'Buy', action: 'main' },
          ],
        },
      ],
    });
    expect(asked).toEqual([
      'financialmodelingprep.com/stable/grades?symbol=COIN&apikey=fmp-key',
      'financialmodelingprep.com/stable/analyst-estimates?symbol=COIN&period=quarter&limit=8&apikey=fmp-key',
    ]);
    expect(runPlugin(id, payload as never, { strict: true }).signal).toBeGreaterThan(0);
  });

  test('estimates are compared with what was kept 30 days ago, for the quarter that ends next', async () => {
    const folder = temporaryFolder();
    const ask = async (epsAvg: number, days: number) => {
      const { fetch } = await fetching(answers(epsAvg), { folder, nowMs: nowMs + days * dayMs });
      const [issuer] = ((await fetch(id, query)) as Payload).issuers;
      return issuer.estimates;
    };
    expect(await ask(1.5, 0)).toBeUndefined();
    expect(await ask(1.55, 10)).toBeUndefined();
    expect(await ask(1.7, 31)).toEqual({ epsNow: 1.7, epsThen: 1.5, up: 0, down: 0, analysts: 0, price: 250 });
    expect(await ask(1.8, 45)).toMatchObject({ epsNow: 1.8, epsThen: 1.55 });
  });

  test('a plan that does not hold the symbol says so', async () => {
    const paid: Handler = (_, response) => {
      const text = 'Premium Query Parameter: your key fmp-key is not allowed';
      response.writeHead(402, { 'content-type': 'text/plain' }).end(text);
    };
    const { fetch } = await fetching(paid);
    const refused = {
      code: 'NotAuthorized',
      message: 'fmp wants a paid plan for this',
      place: { found: 'status 402: Premium Query Parameter: your key [redacted] is not allowed' },
    };
    await expect(fetch(id, query)).rejects.toMatchObject(refused);
  });

  test('a key across the end of what an error quotes is hidden whole', async () => {
    for (let before = 50; before <= 60; before++) {
      const echo: Handler = (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(`${'.'.repeat(before)}fmp-key is no key`);
      };
      const { fetch } = await fetching(echo);
      const thrown: unknown = await fetch(id, query).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'SourceChanged', message: 'fmp: no JSON' });
      expect(JSON.stringify(thrown)).not.toMatch(/\.f|fmp-/);
    }
  });

  test.each([
    ['/stable/grades', [{ ...grade('20 June', 'upgrade', 'Hold', 'Buy') }], undefined],
    ['/stable/grades', { 'Error Message': 'Legacy Endpoint' }, 'answer'],
    ['/stable/analyst-estimates', [{ date: '2025-09-30', epsAvg: '1.6' }], 'answer[0].epsAvg'],
  ])('a changed answer is refused by its place: %s', async (path, answer, at) => {
    const { fetch } = await fetching({ ...answers(1.6), [path]: answer }, { nowMs });
    const place = at === undefined ? {} : { path: at };
    await expect(fetch(id, query)).rejects.toMatchObject({ code: 'SourceChanged', place });
  });
});

describe('Yahoo', () => {
  const query = { provider: 'yahoo', issuers: [{ symbol: 'META' }], asOf: Date.UTC(2024, 9, 1) };
  const allowed = { settings: settings({ unofficial: { google: false, yahoo: true } }) };
  const pages: Handler = (request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/') response.writeHead(404, { 'set-cookie': 'A3=d=xyz; Domain=.yahoo.com' }).end('not here');
    else if (path === '/v1/test/getcrumb') response.writeHead(200, { 'content-type': 'text/plain' }).end('cr.u/mb');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(recorded('yahoo-quoteSummary-META.json'));
  };

  test('is off until it is turned on', async () => {
    const { fetch } = await fetching(pages);
    await expect(fetch(id, query)).rejects.toMatchObject({
      code: 'NotAuthorized',
      place: { path: 'unofficial.yahoo' },
    });
  });

  test('takes cookie and crumb, then the recorded ratings and estimates', async () => {
    const { fetch, asked, headers } = await fetching(pages, allowed);
    const payload = (await fetch(id, query)) as Payload;
    const [{ events, estimates }] = payload.issuers;
    expect(asked[2]).toMatch(/^query2\.finance\.yahoo\.com\/v10\/finance\/quoteSummary\/META\?.*crumb=cr\.u%2Fmb$/);
    expect(headers[2]['cookie']).toBe('A3=d=xyz');
    expect(events).toHaveLength(40);
    expect(events[0]).toEqual({
      t: 1_727_713_524_000,
      firm: 'Cantor Fitzgerald',
      fromGrade: 'Overweight',
      toGrade: 'Overweight',
      action: 'main',
    });
    expect(estimates).toEqual({ epsNow: 6.71088, epsThen: 6.687, up: 5, down: 0, analysts: 48, price: 712.07 });
    const { issuers } = runPlugin(id, payload as never, { strict: true });
    expect(issuers[0].components.diffusion).toBeCloseTo(5 / 48, 12);
  });
});

test.each([
  [{ issuers: [] }, 'query.issuers'],
  [{ issuers: [{ symbol: 'A/../B' }] }, 'query.issuers.0.symbol'],
  [{ provider: 'reuters', issuers: [{ symbol: 'A' }] }, 'query.provider'],
])('a wrong query is refused by path: %j', async (query, path) => {
  const { fetch } = await fetching({});
  await expect(fetch(id, query)).rejects.toMatchObject({ code: 'BadInput', place: { path } });
});

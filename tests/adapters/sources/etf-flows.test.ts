import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newYorkMs } from '../../../adapters/sources/new-york.ts';
import { projectFolder } from '../../../config/paths.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import type { Handler } from '../http/local-provider.ts';
import { fetching, temporaryFolder } from './fetched.ts';

const id = 'alpha_etf_flow_div';
const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** The first of July, 11:00 UTC: the flows of 30 June are not complete, those of 27 June are. */
const nowMs = Date.UTC(2025, 6, 1, 11);

type Row = { t: number; netFlow: number; aum: number; price: number };

const priceAt = (openMs: number) => 80_000 + ((openMs / hourMs) % 1_000) * 20;

/** Hourly bars of Binance, and a list of SoSoValue. */
const pages =
  (flows: unknown): Handler =>
  (request, response) => {
    const url = new URL(request.url ?? '', 'https://x');
    const at = (name: string) => Number(url.searchParams.get(name));
    const bars: unknown[] = [];
    for (let t = Math.ceil(at('startTime') / hourMs) * hourMs; t <= at('endTime') && bars.length < 1_000; t += hourMs)
      bars.push([t, '1', '1', '1', String(priceAt(t)), '1']);
    const answer = url.pathname === '/api/v3/klines' ? bars : flows;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };

const weekdays = Array.from({ length: 90 }, (_, i) => Date.UTC(2025, 5, 30) - i * dayMs).filter(
  (t) => ![0, 6].includes(new Date(t).getUTCDay()),
);
const listed = weekdays.map((t, i) => ({
  date: new Date(t).toISOString().slice(0, 10),
  total_net_inflow: (i % 5) * 1e8 - 2e8,
  total_value_traded: '1',
  total_net_assets: String(1.3e11 - i * 1e8),
  cum_net_inflow: '1',
}));

describe('SoSoValue', () => {
  test('newest first becomes oldest first; a flow is used from noon of the day after', async () => {
    const { fetch, asked, headers } = await fetching(pages(listed), { nowMs });
    const { rows } = (await fetch(id, { provider: 'sosovalue', symbol: 'ETH' })) as { rows: Row[] };
    expect(asked[0]).toBe('openapi.sosovalue.com/openapi/v1/etfs/summary-history?symbol=ETH&country_code=US&limit=300');
    expect(headers[0]['x-soso-api-key']).toBe('soso-key');
    expect(rows).toHaveLength(weekdays.length - 1);
    const last = rows[rows.length - 1];
    const t = Date.UTC(2025, 5, 27);
    // 16:00 New York is 20:00 UTC in summer; the hour before it opened at 19:00.
    expect(last).toEqual({ t, netFlow: -1e8, aum: 1.299e11, price: priceAt(t + 19 * hourMs) });
    expect(runPlugin(id, { rows }, { strict: true }).observations).toBeGreaterThan(20);
    const later = (await fetch(id, { provider: 'sosovalue', asOf: nowMs + 2 * hourMs })) as { rows: Row[] };
    expect(later.rows).toHaveLength(weekdays.length);
  });

  test('takes the list under data, too', async () => {
    const { fetch } = await fetching(pages({ code: 0, data: listed }), { nowMs });
    expect(((await fetch(id, { provider: 'sosovalue' })) as { rows: Row[] }).rows).toHaveLength(weekdays.length - 1);
  });

  test('waits as long as the body of its refusal asks', async () => {
    let times = 0;
    const { fetch, clock } = await fetching((request, response) => {
      if (times++ > 0) pages(listed)(request, response);
      else {
        const body = { code: 42901, message: 'rate limit', details: { retry_after: 12 } };
        response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }
    });
    await fetch(id, { provider: 'sosovalue' });
    expect(clock.slept[0]).toBe(12_000);
  });

  test.each([
    ['a date of another form', [{ ...listed[0], date: '30 June' }]],
    ['a flow that is missing', [{ ...listed[0], total_net_inflow: null }]],
    ['flows in words', [{ ...listed[0], total_net_inflow: 'much' }]],
    ['no list', { code: 1, data: null }],
  ])('with %s is refused', async (_, flows) => {
    const { fetch } = await fetching(pages(flows), { nowMs });
    await expect(fetch(id, { provider: 'sosovalue' })).rejects.toMatchObject({ code: 'SourceChanged' });
  });
});

describe('the table of Farside', () => {
  const recordedFile = join(projectFolder, 'tests/fixtures/sources/farside-btc.csv');
  const ask = async (file: string, aumUsd = 1e11) => {
    const { fetch, asked } = await fetching(pages([]), { nowMs });
    return { ...((await fetch(id, { provider: 'farside', file, aumUsd })) as { rows: Row[] }), asked };
  };

  test('as recorded: millions, outflows in brackets, assets rolled forward', async () => {
    const { rows, asked } = await ask(recordedFile);
    expect(rows).toHaveLength(59);
    expect(rows[0]).toEqual({
      t: Date.UTC(2025, 3, 3),
      netFlow: -99.8e6,
      aum: 1e11,
      price: priceAt(Date.UTC(2025, 3, 3, 19)),
    });
    expect(rows[1].aum).toBeCloseTo((1e11 * rows[1].price) / rows[0].price - 64.9e6, 0);
    expect(asked.every((line) => line.startsWith('data-api.binance.vision/'))).toBe(true);
    expect(runPlugin(id, { rows }, { strict: true }).divergence).toMatch(/bullish|bearish|none/);
  });

  test('rows that are no days, and days without flow, are left out', async () => {
    const file = join(temporaryFolder(), 'f.csv');
    writeFileSync(
      file,
      'Date,IBIT,Total\n02 Jun 2025,"1,000.5","1,234.5"\n03 Jun 2025,0,0.0\n04 Jun 2025,-,-\nTotal,9,9\n',
    );
    expect((await ask(file)).rows.map(({ netFlow }) => netFlow)).toEqual([1_234.5e6]);
  });

  test('a file that is not there is refused', async () => {
    await expect(ask('/nowhere.csv')).rejects.toMatchObject({ code: 'BadInput', place: { path: 'query.file' } });
  });
});

test.each([
  ['summer', '2025-06-30', '20:00'],
  ['winter', '2025-01-15', '21:00'],
  ['the day the clocks go forward', '2025-03-09', '20:00'],
  ['the day before', '2025-03-08', '21:00'],
  ['the day they go back', '2025-11-02', '21:00'],
])('16:00 New York in %s', (_, date, utc) => {
  expect(new Date(newYorkMs(Date.parse(`${date}T00:00:00Z`), 16)).toISOString()).toBe(`${date}T${utc}:00.000Z`);
});

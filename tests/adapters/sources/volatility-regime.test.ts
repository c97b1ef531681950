import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { recordedVix } from '../../plugins/alpha/recorded-vix.ts';
import type { Handler } from '../http/local-provider.ts';
import { fetching, recorded } from './fetched.ts';

const id = 'alpha_vix_regime';
const dayMs = 86_400_000;
const nowMs = Date.UTC(2025, 6, 1, 13);

/** Pages of daily candles as Deribit documents them: at most `pageDays`, the latest first asked for. */
function dvol(levelOf: (t: number) => number, pageDays = 100): Handler {
  return (request, response) => {
    const query = new URL(request.url ?? '', 'https://x').searchParams;
    const [from, to] = [Number(query.get('start_timestamp')), Number(query.get('end_timestamp'))];
    const last = Math.floor(to / dayMs) * dayMs;
    const first = Math.max(Math.ceil(from / dayMs) * dayMs, last - (pageDays - 1) * dayMs);
    const data = [];
    for (let t = first; t <= last; t += dayMs) data.push([t, 1, 2, 0.5, levelOf(t)]);
    const result = { data, continuation: first - dayMs < from ? null : first - dayMs };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', result }));
  };
}
const level = (t: number) => 45 + ((t / dayMs) % 7);

describe('DVOL', () => {
  test('comes page by page, oldest first, as fractions, without the day that is not over', async () => {
    const { fetch, asked } = await fetching(dvol(level), { nowMs });
    const payload = (await fetch(id, { provider: 'deribit', currency: 'ETH', days: 250 })) as { level: number[] };
    const last = Date.UTC(2025, 5, 30);
    expect(payload.level).toEqual(Array.from({ length: 250 }, (_, i) => level(last - (249 - i) * dayMs) / 100));
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatch(
      /^www\.deribit\.com\/api\/v2\/public\/get_volatility_index_data\?currency=ETH&.*resolution=1D$/,
    );
    expect(runPlugin(id, payload, { strict: true }).regime).toBeGreaterThanOrEqual(0);
  });

  test('in another unit fails loudly', async () => {
    const { fetch } = await fetching(
      dvol(() => 0.21),
      { nowMs },
    );
    const refused = {
      code: 'SourceChanged',
      place: { path: 'day 2025-05-12', expected: '1 to 500 points', found: '0.21' },
    };
    await expect(fetch(id, { provider: 'deribit', days: 50 })).rejects.toMatchObject(refused);
  });

  test('is asked again after too_many_requests, whatever the status', async () => {
    let times = 0;
    const limited: Handler = (request, response) => {
      if (times++ > 0) dvol(level)(request, response);
      else response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":10028}}');
    };
    const { fetch, clock } = await fetching(limited, { nowMs });
    await fetch(id, { provider: 'deribit', days: 30 });
    expect(clock.slept).toEqual([1_000]);
  });

  test.each([
    ['a candle of text', { data: [[1, 2, 3, 4, 'x']], continuation: null }, 'answer.result.data[0][4]'],
    ['no data', { continuation: null }, 'answer.result.data'],
    ['a page that leads nowhere', { data: [], continuation: 9e15 }, 'answer.result.continuation'],
  ])('with %s is refused by its place', async (_, result, path) => {
    const { fetch } = await fetching({ '/api/v2/public/get_volatility_index_data': { result } }, { nowMs });
    await expect(fetch(id, { provider: 'deribit' })).rejects.toMatchObject({ code: 'SourceChanged', place: { path } });
  });
});

describe('the VIX of Cboe', () => {
  const path = (index: string) => `/api/global/us_indices/daily_prices/${index}_History.csv`;
  const back = 'DATE,OPEN,HIGH,LOW,CLOSE\n06/27/2025,1,1,1,18.5\n06/30/2025,20.1,20.4,19.2,19.43\n';

  test('is the recorded one, with the longer index of the same day', async () => {
    const { fetch } = await fetching(
      { [path('VIX')]: recorded('cboe-VIX_History.csv'), [path('VIX3M')]: back },
      { nowMs },
    );
    const payload = await fetch(id, { provider: 'cboe', days: 252 });
    expect(payload).toEqual({ level: recordedVix().slice(-252), backLevel: 0.1943 });
    expect(runPlugin(id, payload as never, { strict: true }).termRatio).toBeCloseTo(16.73 / 19.43, 6);
  });

  test('has no longer index where that misses the day', async () => {
    const { fetch } = await fetching(
      { [path('VIX')]: recorded('cboe-VIX_History.csv'), [path('VIX3M')]: back.split('06/30')[0] },
      { nowMs },
    );
    expect(await fetch(id, { provider: 'cboe' })).not.toHaveProperty('backLevel');
    const early = (await fetch(id, { provider: 'cboe', asOf: Date.UTC(2025, 5, 28) })) as { level: number[] };
    expect(early.level.at(-1)).toBe(recordedVix().at(-2));
  });

  test.each([
    ['other columns', 'DAY,LAST\n', undefined],
    ['a date of another form', 'DATE,CLOSE\n2025-06-30,17\n', 'row 2'],
    ['no number', 'DATE,CLOSE\n06/27/2025,17\n06/30/2025,n/a\n', 'row 3'],
  ])('with %s is refused', async (_, csv, at) => {
    const { fetch } = await fetching({ [path('VIX')]: csv }, { nowMs });
    const place = at === undefined ? {} : { path: at };
    await expect(fetch(id, { provider: 'cboe' })).rejects.toMatchObject({ code: 'SourceChanged', place });
  });
});

describe('the VIX of FRED', () => {
  const observations = ['17.48', '.', '16.73'].map((value, i) => ({ date: `2025-06-${27 + i}`, value }));

  test('leaves out days without a value; the key goes into the query', async () => {
    const { fetch, asked } = await fetching({ '/fred/series/observations': { observations } }, { nowMs });
    expect(await fetch(id, { provider: 'fred' })).toEqual({ level: [0.1748, 0.1673] });
    expect(asked[0]).toBe(
      'api.stlouisfed.org/fred/series/observations?series_id=VIXCLS&file_type=json&observation_end=2025-06-30&api_key=fred-key',
    );
  });

  test('without a key says which and where to get one, and asks nobody', async () => {
    const { fetch, asked } = await fetching({}, { environment: {} });
    const refused = {
      code: 'NotAuthorized',
      message: 'fred needs a key',
      place: {
        path: 'FRED_API_KEY',
        expected:
          'the environment variable FRED_API_KEY with a key, from https://fred.stlouisfed.org/docs/api/api_key.html (free)',
        found: 'none',
      },
    };
    await expect(fetch(id, { provider: 'fred' })).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  test('HTML instead of JSON names the provider', async () => {
    const { fetch } = await fetching((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('<!doctype html>');
    });
    const refused = { code: 'SourceChanged', message: 'fred: no JSON', place: { found: 'HTML' } };
    await expect(fetch(id, { provider: 'fred' })).rejects.toMatchObject(refused);
  });
});

test.each([
  [{ provider: 'bloomberg' }, 'query.provider'],
  [{ provider: 'deribit', currency: 'DOGE' }, 'query.currency'],
  [{ provider: 'deribit', days: 3 }, 'query.days'],
  [{ provider: 'cboe', symbol: 'VIX' }, 'query.symbol'],
  [undefined, 'query'],
])('a wrong query is refused by path: %j', async (query, path) => {
  const { fetch } = await fetching({});
  await expect(fetch(id, query)).rejects.toMatchObject({ code: 'BadInput', place: { path } });
});

import { expect, test } from 'vitest';
import { realisedVariances } from '../../../adapters/sources/variance-premium.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { roughSeries } from '../../plugins/alpha/rough-series.ts';
import type { Handler } from '../http/local-provider.ts';
import { fetching } from './fetched.ts';

const dayMs = 86_400_000;
const barMs = 300_000;
const firstMs = Date.UTC(2025, 2, 1);
const days = 90;
const steps = roughSeries(3, 288 * (days + 3)).map((value) => value / 20);

/** Close of the bar that opens at `t`: a drawn walk. */
const walk: number[] = [];
steps.reduce((level, step) => {
  walk.push(80_000 * Math.exp(level + step));
  return level + step;
}, 0);
const closeAt = (t: number) => walk[(t - firstMs) / barMs + 288];

/** Deribit's index and Binance's bars; `missing`: open times of bars that are not there. */
const markets =
  (missing: (t: number) => boolean = () => false): Handler =>
  (request, response) => {
    const url = new URL(request.url ?? '', 'https://x');
    const at = (name: string) => Number(url.searchParams.get(name));
    const data: unknown[] = [];
    if (url.pathname === '/api/v3/klines') {
      const start = Math.ceil(at('startTime') / barMs) * barMs;
      for (let t = start; t <= at('endTime') && data.length < at('limit'); t += barMs) {
        if (!missing(t)) data.push([t, '1', '2', '0.5', closeAt(t).toFixed(8), '3', t + barMs - 1]);
      }
    } else {
      for (let i = 0; i < days; i++) data.push([firstMs + i * dayMs, 1, 2, 0.5, 45 + (i % 5)]);
    }
    const answer = url.pathname === '/api/v3/klines' ? data : { result: { data, continuation: null } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
const nowMs = firstMs + days * dayMs + 1;

/** By the definition: 288 squared log returns, the first from the last close of the day before. */
const varianceOf = (day: number) => {
  const opens = Array.from({ length: 288 }, (_, i) => firstMs + day * dayMs + i * barMs);
  return opens.reduce((sum, t) => sum + Math.log(closeAt(t) / closeAt(t - barMs)) ** 2, 0);
};

type Payload = { iv: number[]; rv: number[] };

test('each day has the index at its end and the variance of its 288 returns', async () => {
  const { fetch, asked } = await fetching(markets(), { nowMs });
  const { iv, rv } = (await fetch('alpha_vrp', { currency: 'BTC', days })) as Payload;
  expect(iv).toEqual(Array.from({ length: days }, (_, i) => (45 + (i % 5)) / 100));
  rv.forEach((variance, day) => expect(Math.abs(variance / varianceOf(day) - 1)).toBeLessThan(1e-6));
  expect(asked.filter((line) => line.includes('klines'))).toHaveLength(26);
  expect(asked[1]).toContain('data-api.binance.vision/api/v3/klines?symbol=BTCUSDT&interval=5m&');
  expect(runPlugin('alpha_vrp', { iv, rv }, { strict: true }).expectedVariance).toBeGreaterThan(0);
});

test('a day that misses more than one bar in twenty is left out, one that misses fewer is not scaled', async () => {
  const gap = (day: number, bars: number) => (t: number) =>
    t >= firstMs + day * dayMs + 50 * barMs && t < firstMs + day * dayMs + (50 + bars) * barMs;
  const { fetch } = await fetching(
    markets((t) => gap(10, 15)(t) || gap(20, 14)(t)),
    { nowMs },
  );
  const { iv, rv } = (await fetch('alpha_vrp', { days })) as Payload;
  expect(iv).toHaveLength(days - 1);
  expect(rv).toHaveLength(days - 1);
  expect(rv[10] / varianceOf(11)).toBeCloseTo(1, 6);
  expect(rv[19]).not.toBeCloseTo(varianceOf(20), 12);
});

test('days may begin at another hour than midnight, as the index has them', () => {
  const start = firstMs + 8 * 3_600_000;
  const bars = Array.from({ length: 289 }, (_, i) => start + (i - 1) * barMs);
  const found = realisedVariances(
    bars.map((openMs) => ({ openMs, close: closeAt(openMs) })),
    start,
  );
  expect([...found.keys()]).toEqual([start]);
});

test.each<[string, unknown]>([
  ['of another time', [[1, '1', '1', '1', '5']]],
  ['without a price', [[firstMs, '1', '1', '1', 'NaN']]],
  ['of numbers', [[firstMs, 1, 1, 1, 1]]],
  ['that are an error', { code: -1121, msg: 'Invalid symbol.' }],
])('bars %s are refused', async (_, answer) => {
  const { fetch } = await fetching(
    (request, response) => {
      if (request.url?.includes('klines') !== true) markets()(request, response);
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    },
    { nowMs },
  );
  await expect(fetch('alpha_vrp', { days })).rejects.toMatchObject({ code: 'SourceChanged' });
});

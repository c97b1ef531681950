import { expect, onTestFinished, test } from 'vitest';
import { openHistory } from '../../../adapters/market-data/candle-history.ts';
import { downloadBars } from '../../../adapters/market-data/download-bars.ts';
import { readBarFile } from '../../../adapters/market-data/read-bars.ts';
import { readSourceFile } from '../../../adapters/market-data/source-file.ts';
import { startCandleServer } from './candle-server.ts';
import { useTemporaryHome } from './temporary-home.ts';

useTemporaryHome();

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const fromMs = Date.UTC(2024, 0, 1);
const nowMs = fromMs + 3 * dayMs + 12 * hourMs;

/** An hour of candles, three days and a half without any (ten pages of minutes), two hours of candles. */
const hasCandle = (ms: number) => ms < fromMs + hourMs || ms >= nowMs - 2 * hourMs;

async function download(venue: string, server: Readonly<{ url: string }>, startMs = fromMs) {
  const history = await openHistory(venue, { baseUrl: server.url });
  onTestFinished(() => history.close());
  const { signal } = new AbortController();
  const series = { symbol: 'BTC/USDT', timeframe: '1m' } as const;
  const done = await downloadBars(history, series, { fromMs: startMs, signal });
  const { columns } = await readBarFile(readSourceFile(done.file));
  return { done, times: [...columns.timeMs] };
}

const wanted = Array.from({ length: 60 + 120 }, (_, index) =>
  index < 60 ? fromMs + index * 60_000 : nowMs - 2 * hourMs + (index - 60) * 60_000,
);

// Binance answers with what comes after a hole; many venues that ccxt speaks answer with an empty page inside of it.
test.each([
  ['binance', false],
  ['binanceus', false],
  ['binanceus', true],
] as const)('%s: a hole that is longer than a page is passed (pages are windows: %s)', async (venue, windowed) => {
  const server = await startCandleServer({ has: hasCandle, fromMs, nowMs, windowed });
  const { done, times } = await download(venue, server);
  expect([done.stopped, done.added, times]).toEqual([false, 180, wanted]);
  // Days without a candle are passed by candles of days, not page by page.
  expect(server.asked.filter((each) => each.startsWith('1m')).length).toBeLessThan(10);
});

test('days that begin at 16:00 hide no candle', async () => {
  // Two holes of eleven and of seven hours: the venue's next day begins after the second stretch of candles.
  const has = (ms: number) => [0, 12, 20].includes(Math.floor((ms - fromMs) / hourMs));
  const at = { fromMs, nowMs, windowed: true, dayStartMs: 16 * hourMs };
  const { times } = await download('binanceus', await startCandleServer({ has, ...at }));
  expect(times.map((ms) => (ms - fromMs) / hourMs).filter(Number.isInteger)).toEqual([0, 12, 20]);
  expect(times).toHaveLength(180);
});

test('a start long before the listing finds it in a few questions', async () => {
  const server = await startCandleServer({ has: hasCandle, fromMs, nowMs, windowed: true });
  const { times } = await download('binanceus', server, Date.UTC(2017, 0, 1));
  expect(times).toEqual(wanted);
  expect(server.asked.length).toBeLessThan(30);
});

test('where nothing comes any more, it ends', async () => {
  const has = (ms: number) => ms < fromMs + hourMs;
  const server = await startCandleServer({ has, fromMs, nowMs: fromMs + 40 * dayMs, windowed: true });
  const { times } = await download('binanceus', server);
  expect(times).toEqual(wanted.slice(0, 60));
});

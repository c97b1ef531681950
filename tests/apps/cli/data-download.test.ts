import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { importBars } from '../../../adapters/market-data/import-bars.ts';
import { readParquetMetadata } from '../../../adapters/market-data/parquet.ts';
import { readBarFile } from '../../../adapters/market-data/read-bars.ts';
import { readSourceFile } from '../../../adapters/market-data/source-file.ts';
import { projectFolder } from '../../../config/paths.ts';
import { hourlyCsv, useTemporaryHome } from '../../adapters/market-data/temporary-home.ts';
import { truthNow } from '../../contracts/feed-truth.ts';
import { control } from '../../adapters/exchange/simulated/raw-client.ts';

const home = useTemporaryHome();

let exchange: SimulatedExchange;

/** Five days and a bit: eight pages of minutes. The clock stands still, so what is closed stays so. */
const historyMinutes = 7_500;
const nowMs = Date.UTC(2026, 0, 5, 12, 0, 30);

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    clock: { mode: 'manual', startMs: nowMs },
    historyMinutes,
    rateLimits: false,
  });
});
afterAll(async () => exchange.close());

type Run = Readonly<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;

function start(...args: string[]) {
  const command = [join(projectFolder, 'apps/cli/nightdesk.ts'), 'data', 'download', ...args];
  const env = { ...process.env, NIGHTDESK_HOME: home.home, NO_COLOR: '1' };
  const child = spawn(process.execPath, command, { env, cwd: home.folder });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (text.stdout += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (text.stderr += part.toString('utf8')));
  const ended = new Promise<Run>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, ...text })),
  );
  return { child, ended };
}

const minutes = (...more: string[]) => [
  '--venue',
  'binance',
  '--symbols',
  'BTC/USDT',
  '--timeframe',
  '1m',
  '--from',
  '2026-01-01',
  '--base-url',
  `${exchange.url}/bspot`,
  ...more,
];

const pages = () => exchange.simulation.log.entries.filter(({ path }) => path.endsWith('klines')).length;

const stored = async (name = 'BTC-USDT-1m') => {
  const { columns } = await readBarFile(readSourceFile(join(home.home, 'data', `${name}.parquet`)));
  const { timeMs, open, high, low, close, volume } = columns;
  return [...timeMs].map((openMs, at) => ({
    openMs,
    open: open[at],
    high: high[at],
    low: low[at],
    close: close[at],
    volume: volume[at],
  }));
};

/** What the venue has closed since `fromMs`. */
const wanted = (fromMs = Date.UTC(2026, 0, 1)) =>
  truthNow(exchange, { venue: 'binanceSpot', market: 'BTCUSDT', depth: 1 }).minutes.filter(
    ({ openMs }) => openMs >= fromMs && openMs + 60_000 <= nowMs,
  );

test('everything that has closed, and never the open candle', async () => {
  const { code, stdout } = await start(...minutes('--json')).ended;
  const bars = await stored();
  expect(bars).toEqual(wanted());
  expect(bars.at(-1)?.openMs).toBe(Date.UTC(2026, 0, 5, 11, 59));
  expect([code, JSON.parse(stdout)]).toMatchObject([
    0,
    {
      series: [
        {
          symbol: 'BTC/USDT',
          timeframe: '1m',
          added: bars.length,
          bars: bars.length,
          missingBars: 0,
          errors: [],
          stopped: false,
        },
      ],
    },
  ]);
});

test('a second time asks only for what is new', async () => {
  await start(...minutes('--to', '2026-01-03')).ended;
  const before = pages();
  const { code, stdout } = await start(...minutes('--json')).ended;
  expect([code, await stored()]).toEqual([0, wanted()]);
  expect(JSON.parse(stdout)).toMatchObject({ series: [{ added: wanted(Date.UTC(2026, 0, 3)).length }] });
  const asked = pages() - before;
  await start(...minutes()).ended;
  expect([asked, pages() - before - asked]).toEqual([4, 0]);
});

test('an earlier start adds what lies before', async () => {
  await start(...minutes('--to', '2026-01-03')).ended;
  const { code } = await start(...minutes('--from', '2025-12-31T18:00')).ended;
  expect([code, await stored()]).toEqual([0, wanted(Date.UTC(2025, 11, 31, 18))]);
});

// Each page is one request: the process is stopped at the k-th, wherever it then is.
test.each([1, 2, 4, 6])('SIGKILL at page %i: the same command goes on without gap and double', async (page) => {
  const goal = pages() + page;
  const { child, ended } = start(...minutes());
  await expect.poll(pages, { interval: 1 }).toBeGreaterThanOrEqual(goal);
  child.kill('SIGKILL');
  expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  const before = pages();
  const { code } = await start(...minutes()).ended;
  expect([code, await stored()]).toEqual([0, wanted()]);
  expect(pages() - before).toBeLessThanOrEqual(8 - page + 1);
});

test('Ctrl-C puts what is there into the store and says that it goes on', async () => {
  await control(exchange, '/fault', { kind: 'slow', match: { path: 'klines' }, args: { ms: 40 } });
  const goal = pages() + 3;
  const { child, ended } = start(...minutes());
  await expect.poll(pages, { interval: 1 }).toBeGreaterThanOrEqual(goal);
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  await control(exchange, '/faults/clear', {});
  expect([code, stderr]).toEqual([1, expect.stringContaining('stopped; the same command goes on')]);
  const bars = await stored();
  expect(bars).toEqual(wanted().slice(0, bars.length));
  expect(bars.length).toBeGreaterThanOrEqual(1_000);
  expect((await start(...minutes()).ended).code).toBe(0);
  expect(await stored()).toEqual(wanted());
});

test('a second download of a series says that the first is running', async () => {
  const goal = pages() + 1;
  await control(exchange, '/fault', { kind: 'slow', match: { path: 'klines' }, args: { ms: 60_000 } });
  const first = start(...minutes());
  await expect.poll(pages, { interval: 5 }).toBeGreaterThanOrEqual(goal);
  const { code, stderr } = await start(...minutes()).ended;
  first.child.kill('SIGKILL');
  await first.ended;
  await control(exchange, '/faults/clear', {});
  expect([code, stderr]).toEqual([1, expect.stringContaining('another download of this series is running')]);
  expect((await start(...minutes()).ended).code).toBe(0);
  expect(await stored()).toEqual(wanted());
});

test('USD-M and Kraken, and where a history begins', async () => {
  const usdm = [
    '--venue',
    'binanceusdm',
    '--symbols',
    'BTC/USDT:USDT,ETH/USDT:USDT',
    '--timeframe',
    '1h',
    '--from',
    '20251201',
  ];
  const first = await start(...usdm, '--base-url', `${exchange.url}/bfut`).ended;
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('the venue has nothing before 2025-12-31')]);
  expect((await stored('BTC-USDT-PERP-1h')).at(-1)?.openMs).toBe(Date.UTC(2026, 0, 5, 11));
  expect((await stored('ETH-USDT-PERP-1h')).length).toBeGreaterThan(100);
  const kraken = ['--venue', 'kraken', '--symbols', 'BTC/USD', '--timeframe', '1m', '--base-url', `${exchange.url}/kr`];
  expect((await start(...kraken, '--from', '2026-01-05T01:00').ended).code).toBe(0);
  expect((await stored('BTC-USD-1m')).length).toBe(660);
  const refused = await start(...kraken, '--from', '2026-01-01').ended;
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('the newest 720 candles of a timeframe only, expected 2026-01-05T00:01Z or later'),
  ]);
});

const hours = (venue: string, root: string, symbols: string, ...more: string[]) => {
  const what = ['--venue', venue, '--symbols', symbols, '--timeframe', '1h', '--from', '2026-01-03'];
  return start(...what, '--base-url', `${exchange.url}/${root}`, ...more);
};
const venueOf = async (name: string) =>
  (await readParquetMetadata(join(home.home, 'data', `${name}.parquet`)))['nightdesk.venue'];

test('a series of one venue is not gone on with from another, and nothing is asked', async () => {
  expect((await hours('binance', 'bspot', 'BTC/USDT').ended).code).toBe(0);
  const before = await stored('BTC-USDT-1h');
  const asked = exchange.simulation.log.entries.length;
  const { code, stderr } = await hours('kraken', 'kr', 'ETH/USDT,BTC/USDT', '--from', '2026-01-02').ended;
  expect(code).toBe(2);
  expect(stderr).toMatch(/BTC-USDT-1h.parquet --venue: .* of another venue, expected binance-simulated; to keep both/);
  expect(stderr).toMatch(/NIGHTDESK_HOME .*--data BTC\/USDT=\S+, found kraken-simulated/);
  expect([await stored('BTC-USDT-1h'), await venueOf('BTC-USDT-1h')]).toEqual([before, 'binance-simulated']);
  expect(exchange.simulation.log.entries.length).toBe(asked);
  expect(existsSync(join(home.home, 'data', 'ETH-USDT-1h.parquet'))).toBe(false);
});

test('what a killed run of one venue left does not go into the bars of another', async () => {
  const goal = pages() + 2;
  const { child, ended } = start(...minutes());
  await expect.poll(pages, { interval: 1 }).toBeGreaterThanOrEqual(goal);
  child.kill('SIGKILL');
  await ended;
  const kraken = ['--venue', 'kraken', '--base-url', `${exchange.url}/kr`, '--from', '2026-01-05T11:00'];
  expect((await start(...minutes(...kraken)).ended).code).toBe(0);
  expect((await stored()).map(({ openMs }) => openMs)).toEqual(
    wanted(Date.UTC(2026, 0, 5, 11)).map((bar) => bar.openMs),
  );
  expect(await venueOf('BTC-USDT-1m')).toBe('kraken-simulated');
});

test('an imported series takes the venue of the first download, and keeps it at an import', async () => {
  const csv = join(home.folder, 'BTC-USDT-1h.csv');
  writeFileSync(csv, hourlyCsv([100, 101], Date.UTC(2026, 0, 2)));
  const importCsv = () => importBars([csv], { nowMs });
  await importCsv();
  expect(await venueOf('BTC-USDT-1h')).toBeUndefined();
  expect((await hours('binance', 'bspot', 'BTC/USDT').ended).code).toBe(2); // a gap of 22 hours
  expect(await venueOf('BTC-USDT-1h')).toBe('binance-simulated');
  writeFileSync(csv, hourlyCsv([102], Date.UTC(2026, 0, 2, 2)));
  await importCsv();
  expect(await venueOf('BTC-USDT-1h')).toBe('binance-simulated');
  expect((await hours('kraken', 'kr', 'BTC/USDT').ended).stderr).toContain('of another venue');
});

test('another venue of ccxt goes through ccxt', async () => {
  // ccxt's binanceus speaks Binance's protocol below a host of its own.
  const { code, stderr } = await start(
    '--venue',
    'binanceus',
    '--symbols',
    'BTC/USDT',
    '--timeframe',
    '1h',
    '--from',
    '2026-01-01',
    '--to',
    '2026-01-02',
    '--base-url',
    `${exchange.url}/bspot`,
  ).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect((await stored('BTC-USDT-1h')).length).toBe(24);
});

test.each([
  ['a venue that is none', ['--venue', 'binanze', '--symbols', 'BTC/USDT'], 'binance'],
  ['a symbol of another market', ['--venue', 'binance', '--symbols', 'BTC/USDT:USDT'], 'a spot symbol'],
  ['a symbol that is none', ['--venue', 'binance', '--symbols', 'BTCUSDT'], '--symbols'],
  ['a start that is none', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--from', 'yesterday'], '--from'],
  ['a day that is none', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--from', '2024-02-31'], '2024-02-31'],
  ['a time of such a day', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--to', '2026-02-30T10:00'], '--to'],
  ['an end before the start', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--to', '2020-01-01'], '--to'],
  ['an address that is none', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--base-url', 'localhost'], '--base-url'],
])('refuses %s', async (_, args, said) => {
  const { code, stderr } = await start(
    '--timeframe',
    '1m',
    '--from',
    '2026-01-01',
    '--base-url',
    `${exchange.url}/bspot`,
    ...args,
  ).ended;
  expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  expect(existsSync(join(home.home, 'data', 'BTC-USDT-1m.parquet'))).toBe(false);
});

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { counted, countsText, noCounts } from '../../../../apps/cli/data/watch-counts.ts';
import { projectFolder } from '../../../../config/paths.ts';
import type { FeedEvent, FeedNotice } from '../../../../core/ports/market-feed.ts';
import { useTemporaryHome } from '../../../adapters/market-data/temporary-home.ts';
import { control } from '../../../adapters/exchange/simulated/raw-client.ts';

const home = useTemporaryHome();

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    clock: { mode: 'real', speed: 20 },
    historyMinutes: 60,
    rateLimits: false,
  });
});
afterAll(async () => exchange.close());

type Counts = Readonly<Record<string, number>> & Readonly<{ type: 'counts'; silent: readonly string[] }>;

type Ended = Readonly<{ code: number | null; stderr: string }>;

function watch(...args: string[]) {
  const command = [join(projectFolder, 'apps/cli/nightdesk.ts'), 'data', 'watch', ...args];
  const child = spawn(process.execPath, command, { env: { ...process.env, NIGHTDESK_HOME: home.home, NO_COLOR: '1' } });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (text.stdout += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (text.stderr += part.toString('utf8')));
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stderr: text.stderr })));
  const lines = () => text.stdout.split('\n').slice(0, -1);
  return { child, ended, lines, events: () => lines().map((line) => JSON.parse(line) as FeedEvent | Counts) };
}

const noticesOf = (events: readonly (FeedEvent | Counts)[]): string[] =>
  events.flatMap((event) => (event.type === 'notice' ? [event.notice.kind] : []));

const tradeIdsOf = (events: readonly (FeedEvent | Counts)[]): number[] =>
  events.flatMap((event) => (event.type === 'trade' ? [Number(event.trade.tradeId)] : []));

const all = ['--channels', 'ticker,trades,book:5,candles:1m', '--json'];

// binanceus is one of the venues whose sockets we leave to ccxt.pro; it speaks Binance's protocol.
test.each([
  ['binance', 'bspot', 'BTC/USDT', 'binanceSpot'],
  ['kraken', 'kr', 'BTC/USD', 'krakenSpot'],
  ['binanceus', 'bspot', 'BTC/USDT', 'binanceSpot'],
])('%s: every channel, a lost connection, and the counts at Ctrl-C', async (venue, root, symbol, simulated) => {
  const at = ['--venue', venue, '--symbols', symbol, '--base-url', `${exchange.url}/${root}`];
  const { child, ended, lines, events } = watch(...at, ...all);
  const kinds = () => new Set(events().map(({ type }) => type));
  await expect.poll(kinds).toEqual(new Set(['ticker', 'trade', 'book', 'candle', 'notice']));
  await control(exchange, '/disconnect', { match: simulated });
  await expect.poll(() => noticesOf(events())).toContain('disconnected');
  const tradesBefore = tradeIdsOf(events()).length;
  await expect.poll(() => tradeIdsOf(events()).length).toBeGreaterThan(tradesBefore + 3);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 0, stderr: '' });
  const told = events().slice(0, -1) as FeedEvent[];
  expect(events().at(-1)).toEqual({ type: 'counts', ...told.reduce(counted, noCounts), silent: [] });
  const book = told.find((event) => event.type === 'book');
  expect([book?.book.symbol, book?.book.bids.length]).toEqual([symbol, 5]);
  const ids = tradeIdsOf(told);
  const [first = 0] = ids;
  // Through ccxt nothing proves that none is missing, yet none comes twice.
  expect(ids).toEqual(venue === 'binanceus' ? [...new Set(ids)] : ids.map((_, index) => first + index));
  expect(lines().every((line) => line.startsWith('{'))).toBe(true);
});

const binance = (...more: string[]) => watch('--venue', 'binance', '--base-url', `${exchange.url}/bspot`, ...more);

test('lines for people, an end after so many events, and what was silent', async () => {
  const { ended, lines } = binance('--symbols', 'BTC/USDT,NO/USDT', '--channels', 'trades', '--events', '3');
  expect(await ended).toEqual({ code: 0, stderr: '' });
  const trades = lines().filter((line) => / trade /.test(line));
  expect(trades).toHaveLength(3);
  expect(trades[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} BTC\/USDT trade {3}(buy|sell) [\d.]+ at [\d.]+ {2}#\d+$/);
  expect(lines()[0]).toMatch(/-- connected binance\/ws$/);
  expect(lines().at(-1)).toMatch(/^3 events: 0 tickers, 3 trades, .*; nothing of trades NO\/USDT$/);
});

const unreached = ['--venue', 'kraken', '--symbols', 'BTC/USD', '--base-url', 'http://127.0.0.1:1'];

test('a venue that is not reached is said, and the exit code says so', async () => {
  const { ended, lines } = watch(...unreached, '--seconds', '1');
  expect((await ended).code).toBe(3);
  expect(lines()[0]).toMatch(/-- disconnected kraken: ECONNREFUSED$/);
  expect(lines().at(-1)).toMatch(/^0 events: /);
});

test.each([
  ['a channel that is none', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--channels', 'quotes'], '--channels'],
  ['a book of no levels', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--channels', 'book:0'], '--channels'],
  ['a symbol that is none', ['--venue', 'binance', '--symbols', 'BTCUSDT'], '--symbols'],
  ['an address that is none', ['--venue', 'binance', '--symbols', 'BTC/USDT', '--base-url', 'local'], '--base-url'],
  ['a venue that is none', ['--venue', 'krakn', '--symbols', 'BTC/USDT'], 'did you mean kraken?'],
  ['a venue that ccxt has no sockets of', ['--venue', 'btcbox', '--symbols', 'BTC/JPY'], 'no sockets of btcbox'],
  [
    'a symbol that a venue of ccxt has not',
    ['--venue', 'binanceus', '--symbols', 'BTC/USDD'],
    'no symbol of binanceus',
  ],
])('refuses %s, and counts nothing', async (_, args, said) => {
  const { ended, lines } = watch('--base-url', `${exchange.url}/bspot`, ...args);
  expect(await ended).toEqual({ code: 2, stderr: expect.stringContaining(said) as string });
  expect(lines()).toEqual([]);
});

describe('the counts', () => {
  const after = (...notices: FeedNotice[]) =>
    notices.map((notice): FeedEvent => ({ type: 'notice', notice })).reduce(counted, noCounts);
  const at = { stream: 'trades BTC/USDT', receivedMs: 1 };

  test('what a gap lost counts where nothing gave it back', () => {
    const counts = after(
      { kind: 'gap', ...at, missing: 4, backfilled: true },
      { kind: 'gap', ...at, missing: 3, backfilled: false },
    );
    expect(counts).toMatchObject({ gap: 2, missing: 3 });
    expect(countsText(counts, [])).toContain('2 gaps (3 missing)');
  });

  test('events that were let go count by their number', () => {
    expect(after({ kind: 'dropped', ...at, count: 4 }, { kind: 'dropped', ...at, count: 5 }).dropped).toBe(9);
  });
});

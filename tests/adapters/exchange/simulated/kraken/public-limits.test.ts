import { expect, onTestFinished, test } from 'vitest';
import { startSimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { createKrakenFeed } from '../../../../../adapters/feeds/kraken/feed.ts';
import type { FeedStream } from '../../../../../core/ports/market-feed.ts';
import { runFeed } from '../../../../contracts/feed-run.ts';
import { control, kraken } from '../raw-client.ts';

async function start(options: Readonly<{ rateLimits?: boolean }> = {}) {
  const exchange = await startSimulatedExchange({
    clock: { mode: 'manual' },
    venues: ['krakenSpot'],
    historyMinutes: 60,
    ...options,
  });
  onTestFinished(() => exchange.close());
  const ask = async (path: string): Promise<string> => {
    const answer = (await (await fetch(`${exchange.url}/kr/0/public/${path}`)).json()) as { error: string[] };
    return answer.error[0] ?? 'answered';
  };
  const askTimes = async (path: string, times: number) => {
    const answers: string[] = [];
    for (let count = 0; count < times; count += 1) answers.push(await ask(path));
    return answers;
  };
  return { exchange, ask, askTimes };
}

const answered = (times: number) => Array.from({ length: times }, () => 'answered');
const refused = 'EGeneral:Too many requests';

test('fifteen public calls of an address at once, then one a second; what is signed has a counter of its own', async () => {
  const { exchange, ask, askTimes } = await start();
  expect(await askTimes('Time', 16)).toEqual([...answered(15), refused]);
  expect(await ask('Ticker?pair=XBTUSD')).toBe(refused);
  expect((await kraken(exchange, 'Balance')).error).toEqual([]);
  await control(exchange, '/advance', { ms: 2_000 });
  expect(await askTimes('Ticker?pair=XBTUSD', 3)).toEqual([...answered(2), refused]);
});

test('a clock that is set back fills no counter', async () => {
  const { exchange, askTimes } = await start();
  expect(await askTimes('Time', 2)).toEqual(answered(2));
  await control(exchange, '/fault', { kind: 'clock-skew', args: { ms: -60_000 } });
  expect(await askTimes('Time', 10)).toEqual(answered(10));
  expect((await kraken(exchange, 'Balance')).error).toEqual([]);
});

test('trades and candles count by pair', async () => {
  const { ask, askTimes } = await start();
  await askTimes('Trades?pair=XBTUSD&count=1', 15);
  expect(await ask('OHLC?pair=XBTUSD&interval=1')).toBe(refused);
  expect(await ask('OHLC?pair=ETHUSD&interval=1')).toBe('answered');
  expect(await ask('Time')).toBe('answered');
});

test('nobody is refused where rate limits are off', async () => {
  const { askTimes } = await start({ rateLimits: false });
  expect(await askTimes('Time', 30)).toEqual(answered(30));
});

test('a feed of eight streams stays within it, however often it is cut', async () => {
  const { exchange } = await start();
  const streams = ['BTC/USD', 'ETH/USD'].flatMap((symbol): FeedStream[] => [
    { channel: 'ticker', symbol },
    { channel: 'trades', symbol },
    { channel: 'book', symbol, depth: 10 },
    { channel: 'candles', symbol, timeframe: '1m' },
  ]);
  const addresses = { rest: `${exchange.url}/kr`, socket: `${exchange.ws}/kr/ws/v2`, userSocket: '' };
  const run = runFeed(exchange, (timers) => createKrakenFeed({ addresses, timers }), streams);
  const connects = () => run.heard.notices.filter(({ kind }) => kind === 'connected').length;
  for (let cut = 1; cut <= 6; cut += 1) {
    await run.until(() => connects() >= cut, `connection ${cut}`);
    const { length } = run.heard.trades;
    await run.until(() => run.heard.trades.length > length, 'a trade');
    await control(exchange, '/disconnect', { match: 'krakenSpot' });
  }
  await run.stop();
  const publicCalls = exchange.simulation.log.entries.filter(({ path }) => path.includes('/public/'));
  expect(publicCalls.length).toBeGreaterThan(10);
  expect(publicCalls.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
});

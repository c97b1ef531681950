import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { openHistory } from '../../../adapters/market-data/candle-history.ts';
import { downloadBars } from '../../../adapters/market-data/download-bars.ts';
import { control } from '../exchange/simulated/raw-client.ts';
import { createVirtualTimers } from '../feeds/virtual-timers.ts';
import { useTemporaryHome } from './temporary-home.ts';

useTemporaryHome();

const nowMs = Date.UTC(2026, 0, 5, 12, 0, 30);
const minuteMs = 60_000;

let exchange: SimulatedExchange;
beforeEach(async () => {
  exchange = await startSimulatedExchange({
    clock: { mode: 'manual', startMs: nowMs },
    historyMinutes: 3_000,
    rateLimits: false,
  });
});
afterEach(async () => exchange.close());

/** Our clock and the venue's move together, by hand. */
async function download(venue: string, root: string, minutes: number, onProgress: (done: number) => void = () => {}) {
  const clock = createVirtualTimers(nowMs);
  const history = await openHistory(venue, { baseUrl: `${exchange.url}/${root}`, timers: clock.timers });
  const stop = new AbortController();
  const said: string[] = [];
  const leftMs: number[] = [];
  const series = { symbol: venue === 'kraken' ? 'BTC/USD' : 'BTC/USDT', timeframe: '1m' } as const;
  const ended = downloadBars(history, series, {
    fromMs: nowMs - 30_000 - minutes * minuteMs,
    toMs: nowMs - 30_000,
    signal: stop.signal,
    timers: clock.timers,
    onProgress,
    onNotice: (text) => said.push(text),
    onWait: (ms) => leftMs.push(ms),
  });
  const pass = async (ms: number) => {
    await control(exchange, '/advance', { ms });
    clock.advance(ms);
  };
  return { ended, stop, said, leftMs, pass, waiting: clock.waiting };
}

const ban = (ms: number) => control(exchange, '/ban', { ip: '127.0.0.1', ms });
const asked = () => exchange.simulation.log.entries.filter(({ path }) => !path.startsWith('/_sim')).length;

describe('a download outlasts', () => {
  test('a ban of Binance in its middle, and asks nothing until it is over', async () => {
    let banned = false;
    const { ended, said, leftMs, pass } = await download('binance', 'bspot', 2_500, (done) => {
      if (done < 1_000 || banned) return;
      banned = true;
      exchange.simulation.faults.add({ kind: 'ban', match: { path: 'klines' }, count: 1, args: { ms: 125_000 } });
    });
    await expect.poll(() => said).toEqual(['the venue takes no more requests now, asked again in 125 s']);
    const before = asked();
    await pass(124_999);
    await setImmediate();
    expect([asked(), leftMs]).toEqual([before, [95_000, 65_000, 35_000, 5_000]]);
    await pass(1);
    expect(await ended).toMatchObject({ added: 2_500, stopped: false });
    expect([said.length, asked()]).toEqual([1, before + 2]);
  });

  test('a second ban after the first', async () => {
    await ban(120_000);
    const { ended, said, pass } = await download('binance', 'bspot', 10);
    await expect.poll(() => said.length).toBe(1);
    await ban(240_000);
    await pass(120_000);
    await expect.poll(() => said.length).toBe(2);
    await pass(120_000);
    expect(await ended).toMatchObject({ added: 10 });
    expect(said).toEqual(Array(2).fill('the venue takes no more requests now, asked again in 120 s'));
  });

  test('a lockout of Kraken, which says no end: 15 minutes', async () => {
    await ban(900_000);
    const { ended, said, pass } = await download('kraken', 'kr', 10);
    await expect.poll(() => said).toEqual(['Kraken takes no more requests now, asked again in 900 s']);
    await pass(900_000);
    // Its own budget makes it wait between requests, too.
    const added = ended.then((result) => result.added);
    const sooner = () => pass(1_250).then(() => undefined);
    await expect.poll(() => Promise.race([added, sooner()])).toBe(10);
    expect(said.length).toBe(1);
  });
});

test('a ban of more than an hour in all is told at once', async () => {
  await ban(3_600_001);
  const { ended, said } = await download('binance', 'bspot', 10);
  await expect(ended).rejects.toMatchObject({ code: 'RateLimited', place: { expected: 'another try in 3601 s' } });
  expect(said).toEqual([]);
});

test('a wait ends at once where somebody stops it', async () => {
  await ban(125_000);
  const { ended, stop, said, waiting } = await download('binance', 'bspot', 10);
  await expect.poll(() => said.length).toBe(1);
  stop.abort();
  expect(await ended).toMatchObject({ added: 0, stopped: true });
  expect(waiting()).toBe(0);
});

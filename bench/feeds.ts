import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createBinanceSpotFeed } from '../adapters/feeds/binance/feed.ts';
import type { FeedStream } from '../core/ports/market-feed.ts';
import type { BenchRow } from './measure.ts';

const server = fileURLToPath(new URL('feeds/tick-server.ts', import.meta.url));
const symbols = Array.from({ length: 20 }, (_, index) => `C${index}/USDT`);

const ticksPerSecond = 10_000;
const windowSeconds = 4;
const windows = 5;

/** What share of one core a feed takes at a steady 10,000 ticks a second, reader included; the venue is another process. */
export async function benchFeeds(): Promise<readonly BenchRow[]> {
  const child = spawn(process.execPath, [server, String(ticksPerSecond)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { port } = JSON.parse(line) as { port: number };
  const stop = new AbortController();
  const root = {
    rest: `http://127.0.0.1:${port}`,
    socket: `ws://127.0.0.1:${port}`,
    userSocket: `ws://127.0.0.1:${port}`,
  };
  const streams = symbols.flatMap((symbol): FeedStream[] => [
    { channel: 'ticker', symbol },
    { channel: 'trades', symbol },
    { channel: 'book', symbol, depth: 20 },
  ]);
  const events = createBinanceSpotFeed({ addresses: root }).stream(streams, { signal: stop.signal });
  const told = { events: 0, notices: 0 };
  const cores: number[] = [];
  const rates: number[] = [];
  let started: Readonly<{ ms: number; cpu: NodeJS.CpuUsage; events: number }> | undefined;
  for await (const event of events) {
    told.events += 1;
    if (event.type === 'notice') told.notices += 1;
    const ms = performance.now();
    started ??= { ms: ms + 1_000, cpu: process.cpuUsage(), events: told.events }; // the first second warms up
    const seconds = (ms - started.ms) / 1000;
    if (seconds < 0) started = { ...started, cpu: process.cpuUsage(), events: told.events };
    if (seconds < windowSeconds) continue;
    const { user, system } = process.cpuUsage(started.cpu);
    cores.push((user + system) / 1e6 / seconds);
    rates.push((told.events - started.events) / seconds);
    if (cores.length === windows) stop.abort();
    started = { ms, cpu: process.cpuUsage(), events: told.events };
  }
  child.kill('SIGTERM');
  await once(child, 'exit');
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return [
    {
      what: `CPU seconds a second at ${ticksPerSecond} ticks/s`,
      seconds: cores,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
      goal: 'below 0.25 (25 % of one core)',
      notes: [
        `${cores.map(percent).join(', ')} of one core in windows of ${windowSeconds} s`,
        `${Math.round(rates.reduce((sum, rate) => sum + rate, 0) / rates.length)} events/s reached the reader, ${told.notices} notices`,
        '80 % best prices, 10 % trades, 10 % book differences over 20 symbols; every frame parsed by its schema',
      ],
    },
  ];
}

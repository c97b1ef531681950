import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { request, Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { binanceSignature } from '../adapters/exchange/simulated/binance/signature.ts';
import type { BenchRow } from './measure.ts';

type Ready = Readonly<{
  url: string;
  ws: string;
  control: string;
  accounts: readonly Readonly<{ apiKey: string; secret: string }>[];
}>;

const entry = fileURLToPath(new URL('../apps/cli/nightdesk.ts', import.meta.url));

/** The simulated exchange in a process of its own; the clock runs from spawn to its ready line. */
async function start(...args: string[]): Promise<{ child: ChildProcess; ready: Ready; seconds: number }> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [entry, 'exchange', 'start', '--json', '--no-rate-limits', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ready: JSON.parse(line) as Ready, seconds: (performance.now() - startedMs) / 1000 };
}

const stop = async (child: ChildProcess) => {
  child.kill('SIGTERM');
  await once(child, 'exit');
};

/** Signed limit orders over 16 kept connections. */
async function sendOrders({ url, accounts }: Ready, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const [account] = accounts;
  let next = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const query = `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.0001&price=${50_000 + (next % 1000)}&timestamp=${Date.now()}`;
      const signed = `${query}&signature=${binanceSignature(query, account?.secret ?? '')}`;
      const sent = request(`${url}/bspot/api/v3/order?${signed}`, {
        method: 'POST',
        agent,
        headers: { 'x-mbx-apikey': account?.apiKey ?? '' },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.resume().on('end', () => resolve());
      });
      sent.end();
    });
  const startedMs = performance.now();
  const worker = async () => {
    while (next < count) {
      next += 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  agent.destroy();
  return (performance.now() - startedMs) / 1000;
}

/** Frames that 20 sockets got while the market moved by `ms` on a manual clock. */
async function receiveFrames({ ws, control }: Ready, ms: number): Promise<{ frames: number; seconds: number }> {
  let frames = 0;
  const streams = ['btcusdt', 'ethusdt']
    .flatMap((name) => [`${name}@depth@100ms`, `${name}@bookTicker`, `${name}@trade`])
    .join('/');
  const sockets = Array.from({ length: 20 }, () => new WebSocket(`${ws}/bspot/stream?streams=${streams}`));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  for (const socket of sockets) socket.on('message', () => (frames += 1));
  const startedMs = performance.now();
  for (let moved = 0; moved < ms; moved += 1000) {
    await fetch(`${control}/advance`, { method: 'POST', body: JSON.stringify({ ms: 1000 }) });
  }
  await Promise.all(
    sockets.map((socket) => {
      socket.ping();
      return once(socket, 'pong');
    }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  for (const socket of sockets) socket.terminate();
  return { frames, seconds };
}

const orders = 5_000;
const marketMs = 60_000;

/** The simulated exchange's own figures: start, orders a second, frames a second to 20 clients. */
export async function benchExchange(): Promise<readonly BenchRow[]> {
  const peakRssMb = () => process.resourceUsage().maxRSS / 1024;
  const starts: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const { child, seconds } = await start();
    starts.push(seconds);
    await stop(child);
  }
  const trading = await start();
  const ordering: number[] = [];
  for (let run = 0; run < 3; run += 1) ordering.push(await sendOrders(trading.ready, orders));
  await stop(trading.child);
  const moving = await start('--clock', 'manual', '--venue', 'binanceSpot');
  const streaming: { frames: number; seconds: number }[] = [];
  for (let run = 0; run < 3; run += 1) streaming.push(await receiveFrames(moving.ready, marketMs));
  await stop(moving.child);
  const perSecond = (count: number, seconds: number) => `${Math.round(count / seconds)}/s`;
  const best = streaming.toSorted((a, b) => b.frames / b.seconds - a.frames / a.seconds)[0];
  return [
    { what: 'start to ready line, both venues', seconds: starts, peakRssMb: peakRssMb(), goal: '500 ms' },
    {
      what: `${orders} signed orders over 16 connections, ${perSecond(orders, Math.min(...ordering))}`,
      seconds: ordering,
      peakRssMb: peakRssMb(),
      goal: '1,000 orders/s',
    },
    {
      what: `a minute of market to 20 sockets, ${perSecond(best?.frames ?? 0, best?.seconds ?? 1)} frames`,
      seconds: streaming.map(({ seconds }) => seconds),
      peakRssMb: peakRssMb(),
      goal: '20,000 frames/s',
      notes: ['client and server share the two cores'],
    },
  ];
}

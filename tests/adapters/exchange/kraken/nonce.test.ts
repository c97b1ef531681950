import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { fundedAccount } from '../../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';

const child = fileURLToPath(new URL('orders-in-child.ts', import.meta.url));
const owner = fundedAccount(7, 'owner');

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-nonce-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function krakenExchange() {
  const simulation = await startSimulatedExchange({
    venues: ['krakenSpot'],
    accounts: [owner],
    source: { kind: 'scripted' },
    takersPerSecond: 0,
    historyMinutes: 5,
    rateLimits: false,
    // Far enough apart that requests of two processes would overtake each other.
    latency: { inbound: { medianMs: 3, sigma: 1 } },
  });
  onTestFinished(() => simulation.close());
  return simulation;
}

/** A process that sends orders once it is told to; what it prints at its end. */
function startOrders(name: string, at: Readonly<{ url: string; folder: string }>, orders: number) {
  const args = [child, `${at.url}/kr`, at.folder, owner.krakenKey, owner.krakenSecret, name, String(orders)];
  const running = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void running.kill('SIGKILL'));
  let printed = '';
  running.stdout.on('data', (part: Buffer) => (printed += part.toString('utf8')));
  const ended = new Promise<string>((resolve) => running.once('close', () => resolve(printed)));
  return { isReady: () => printed.includes('ready'), go: () => running.stdin.write('go\n'), ended };
}

test('two processes that share a key: no request comes after a later nonce, none is refused', async () => {
  const { url, simulation } = await krakenExchange();
  const at = { url, folder: stateFolder() };
  const orders = 25;
  const workers = ['1', '2'].map((name) => startOrders(name, at, orders));
  await expect.poll(() => workers.every(({ isReady }) => isReady())).toBe(true);
  for (const { go } of workers) go();
  expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual(['ready\n[]\n', 'ready\n[]\n']);
  const { entries } = simulation.log;
  expect(entries.filter(({ refusal }) => refusal !== undefined).map(({ refusal }) => refusal)).toEqual([]);
  expect(entries.filter(({ path }) => path.endsWith('AddOrder'))).toHaveLength(2 * orders);
});

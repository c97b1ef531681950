import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, describe, expect, test } from 'vitest';
import { startWorkerProcess } from '../../apps/cli/desk/worker-process.ts';
import type { parallelValidation } from '../../workflows/parallel-validation.ts';
import { giveBundle } from '../give-bundle.ts';
import { needsServer, temporalServer } from '../temporal-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-limits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In and out every hour, on six coins over three years: 78,000 trades, each an object on the heap. */
const greedy = `id: STR-901
name: In and out every hour
hypothesis: Only the memory it takes is of interest.
universe: [BTC/USDT:USDT, ETH/USDT:USDT, SOL/USDT:USDT, BNB/USDT:USDT, XRP/USDT:USDT, ADA/USDT:USDT]
timeframe: 1h
signals: { enterLong: "close > 0" }
exits: { maxBars: 1 }
`;

/** A worker process with these settings, and what it says of the greedy strategy. */
async function validateWith(settings: string, tier: 'L0' | 'L2') {
  const home = join(folder, randomUUID().slice(0, 8));
  for (const name of ['config', 'strategies']) mkdirSync(join(home, name), { recursive: true });
  writeFileSync(join(home, 'config', 'parallel-validation.yaml'), `${settings}\n`);
  writeFileSync(join(home, 'config', 'validation-gates.yaml'), 'L2: { monteCarloRuns: 0 }\n');
  writeFileSync(join(home, 'strategies', 'STR-901.yaml'), greedy);
  await giveBundle(home);
  const { address } = await temporalServer();
  const name = randomUUID().slice(0, 8);
  const lines: string[] = [];
  const worker = startWorkerProcess({
    address,
    queues: `desk-${name},compute-${name}`,
    env: {
      NIGHTDESK_HOME: home,
      NIGHTDESK_CONFIG: join(home, 'config'),
      NIGHTDESK_STRATEGIES: join(home, 'strategies'),
      DATABASE_URL: '',
    },
    onLine: (line) => lines.push(line),
  });
  try {
    await worker.whenReady;
    const connection = await Connection.connect({ address });
    const result = await new Client({ connection }).workflow.execute<typeof parallelValidation>('parallelValidation', {
      taskQueue: `desk-${name}`,
      workflowId: `parallel-validation:limits-${name}`,
      args: [{ tier, escalationTimeoutSeconds: 0 }],
      workflowExecutionTimeout: '2 minutes',
    });
    await connection.close();
    if (result.dryRun) throw new Error('that was a dry run');
    return { outcome: result.results[0], lines };
  } finally {
    await worker.stop();
  }
}

describe('a setting of the worker process', () => {
  needsServer();

  test('memory_per_worker_mb: a strategy that needs more than its thread may have ends as a crashed worker', async () => {
    const [tight, wide] = [
      await validateWith('resource_limits: { memory_per_worker_mb: 32 }', 'L2'),
      await validateWith('resource_limits: { memory_per_worker_mb: 1024 }', 'L2'),
    ];
    expect(tight.outcome).toMatchObject({ status: 'ERROR', reason: expect.stringContaining('out of memory') });
    expect(wide.outcome).toMatchObject({ status: 'FAIL', fixable: expect.any(Boolean) });
  }, 120_000);

  test('cpu_percent_per_worker, log_worker_times: threads for that share of the cores, a line a strategy', async () => {
    const { lines } = await validateWith('resource_limits: { cpu_percent_per_worker: 50 }', 'L0');
    const threads = Math.max(1, Math.floor(availableParallelism() / 2));
    expect(lines).toContainEqual(expect.stringContaining(`(${threads} threads, `));
    expect(lines).toContainEqual(expect.stringMatching(/^validated STR-901: \w+ in [\d.]+ s \([\d.]+ s of CPU\)$/));
    const quiet = await validateWith('log_worker_times: false', 'L0');
    expect(quiet.lines).toContainEqual(expect.stringContaining(`(${availableParallelism()} threads, `));
    expect(quiet.lines).not.toContainEqual(expect.stringContaining('validated'));
  }, 120_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { openSqliteStore } from '../adapters/store/sqlite/index.ts';
import { storeFile } from '../adapters/store/places.ts';
import { connectTemporal } from '../adapters/temporal/client/connect.ts';
import { connectionSettings } from '../adapters/temporal/client/settings.ts';
import { freePort } from '../adapters/temporal/server/ports.ts';
import { startDevServer } from '../adapters/temporal/server/dev-server.ts';
import { startWorkerProcess } from '../apps/cli/desk/worker-process.ts';
import { type FinishedRun, runValidation } from '../apps/cli/validate/run-validation.ts';
import { parseRunInput } from '../core/validation/run-input.ts';
import type { BenchRow } from './measure.ts';

const runs = 5;

/**
 * The twelve example strategies through L0, on a server and a worker of their own: wall clock of the whole run against
 * the time inside activities. What is left over a strategy is the price of durability.
 */
export async function benchValidationRun(): Promise<readonly BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  process.env['NIGHTDESK_HOME'] = home;
  process.env['DATABASE_URL'] = ''; // never somebody's own desk
  const server = await startDevServer({ port: await freePort(), uiPort: 'none' });
  const worker = startWorkerProcess({ address: server.address, onLine: () => {} });
  try {
    await worker.whenReady;
    return [row(await measureRuns(server.address))];
  } finally {
    await worker.stop();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureRuns(address: string): Promise<FinishedRun[]> {
  const { connection, namespace } = await connectTemporal({ settings: { ...connectionSettings(), address } });
  const store = openSqliteStore(storeFile());
  try {
    const client = new Client({ connection, namespace });
    const finished: FinishedRun[] = [];
    // The first run fills caches and is not counted.
    for (let run = 0; run <= runs; run++) {
      const outcome = await runValidation({
        desk: { client, ours: true },
        store,
        input: parseRunInput({ tier: 'L0', escalationTimeoutSeconds: 0 }),
        taskTimeoutMs: 3_000,
        everyMs: 1_000,
        onStart: () => {},
        onPlan: () => {},
        onProgress: () => {},
        onNobody: () => {},
        signal: new AbortController().signal,
      });
      if (!('finished' in outcome)) throw new Error('the run did not finish');
      if (run > 0) finished.push(outcome.finished);
    }
    return finished;
  } finally {
    store.close();
    await connection.close();
  }
}

function row(finished: readonly FinishedRun[]): BenchRow {
  const slots = availableParallelism();
  const overheads = finished.map(({ summary }) => {
    const judged = summary.passed + summary.failed + summary.timedOut + summary.errors;
    return (summary.wallSeconds - summary.sequentialSeconds / slots) / judged;
  });
  const best = Math.min(...overheads) * 1_000;
  const [first] = finished;
  return {
    what: `L0 run of ${first?.verdicts.length ?? 0} strategies through Temporal, ${slots} threads`,
    seconds: finished.map(({ summary }) => summary.wallSeconds),
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    goal: `durable overhead at most 60 ms a strategy: ${best.toFixed(0)} ms`,
    notes: [
      `seconds inside activities: ${finished.map(({ summary }) => summary.sequentialSeconds.toFixed(3)).join(', ')}`,
      'overhead a strategy = (wall clock - activity time / threads) / strategies; best of the runs',
    ],
  };
}

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, expect, test } from 'vitest';
import { openPostgresStore } from '../../adapters/store/postgres/index.ts';
import { startWorkerProcess } from '../../apps/cli/desk/worker-process.ts';
import { projectFolder } from '../../config/paths.ts';
import type { parallelValidation } from '../../workflows/parallel-validation.ts';
import { giveBundle } from '../give-bundle.ts';
import { needsPostgres } from '../needs-postgres.ts';
import { needsServer, temporalServer } from '../temporal-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-shared-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

needsServer();
const postgres = needsPostgres();

test('two workers on one store share a run, and leave one verdict of each strategy', async () => {
  const [{ address }, url] = await Promise.all([temporalServer(), postgres().newDatabase()]);
  const name = randomUUID().slice(0, 8);
  await Promise.all(['one', 'two'].map((home) => giveBundle(join(folder, home))));
  const judged: string[][] = [];
  const workers = ['one', 'two'].map((home) => {
    const lines: string[] = [];
    judged.push(lines);
    return startWorkerProcess({
      address,
      queues: `desk-${name},compute-${name}`,
      env: {
        DATABASE_URL: url,
        NIGHTDESK_HOME: join(folder, home),
        NIGHTDESK_STRATEGIES: join(projectFolder, 'strategies'),
      },
      onLine: (line) => lines.push(line),
    });
  });
  try {
    await Promise.all(workers.map(({ whenReady }) => whenReady));
    const connection = await Connection.connect({ address });
    const runId = `shared-${name}`;
    const result = await new Client({ connection }).workflow.execute<typeof parallelValidation>('parallelValidation', {
      taskQueue: `desk-${name}`,
      workflowId: `parallel-validation:${runId}`,
      args: [{ escalationTimeoutSeconds: 0 }],
      workflowExecutionTimeout: '2 minutes',
    });
    await connection.close();
    const store = await openPostgresStore(url);
    const ids = (await store.queue()).map(({ strategyId }) => strategyId);
    const verdicts = await store.verdicts(runId);
    expect(verdicts.map(({ verdict }) => verdict.strategyId)).toEqual(ids);
    expect(ids.length).toBeGreaterThanOrEqual(12);
    expect(await store.run(runId)).toMatchObject({ state: 'done', strategies: ids.length });
    // Each verdict's trials are in the ledger once.
    const counted = await Promise.all(ids.map(async (id) => (await store.family({ strategyId: id }, 100))?.entries));
    expect(new Set(counted.flat().map((entry) => entry?.key)).size).toBe(verdicts.length);
    expect(result).toMatchObject({ dryRun: false });
    store.close();
    // Both had work to do.
    const shares = judged.map((lines) => lines.filter((line) => line.startsWith('validated ')).length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(ids.length);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}, 120_000);

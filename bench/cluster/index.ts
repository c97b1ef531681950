import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { openPostgresStore } from '../../adapters/store/postgres/index.ts';
import { connectTemporal } from '../../adapters/temporal/client/connect.ts';
import { connectionSettings } from '../../adapters/temporal/client/settings.ts';
import { startWorkerProcess, type WorkerProcess } from '../../apps/cli/desk/worker-process.ts';
import { projectFolder } from '../../config/paths.ts';
import type { Store } from '../../core/ports/store.ts';
import { startPostgres } from '../../tests/postgres-server.ts';
import type { parallelValidation } from '../../workflows/parallel-validation.ts';
import type { BenchRow } from '../measure.ts';
import { startTemporalServer, temporalPrograms } from './temporal-server.ts';

const repetitions = 5;
/** Runs that are started together to see what comes through in a second. */
const crowd = 10;
const runLimitMs = 180_000;

/**
 * The cluster of docker-compose.yml without containers: PostgreSQL that writes every commit to the disk, a Temporal
 * server on it, two workers on one store. How long until it works, a run of the example strategies, many at once, and
 * one worker killed.
 */
export async function benchCluster(): Promise<readonly BenchRow[]> {
  await temporalPrograms(); // built before any clock runs
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-cluster-'));
  const beganMs = performance.now();
  const postgres = await startPostgres({ durable: true });
  const postgresSeconds = (performance.now() - beganMs) / 1_000;
  try {
    const server = await startTemporalServer(postgres.port);
    try {
      const url = await postgres.newDatabase();
      const workersMs = performance.now();
      const workers = ['one', 'two'].map((name) => startWorker(join(folder, name), server.address, url));
      try {
        await Promise.all(workers.map(({ whenReady }) => whenReady));
        const workersSeconds = (performance.now() - workersMs) / 1_000;
        const up = (performance.now() - beganMs) / 1_000;
        const parts = { postgresSeconds, ...server, workersSeconds };
        return [startRow(up, parts), ...(await withStore(url, (store) => measure(store, server.address, workers)))];
      } finally {
        await Promise.all(workers.map((worker) => worker.stop()));
      }
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const startWorker = (home: string, address: string, url: string): WorkerProcess =>
  startWorkerProcess({
    address,
    env: {
      DATABASE_URL: url,
      NIGHTDESK_HOME: home,
      NIGHTDESK_CODE_VERSION: 'cluster',
      NIGHTDESK_STRATEGIES: join(projectFolder, 'strategies'),
    },
    onLine: () => {},
  });

async function withStore<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openPostgresStore(url);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

const peakRssMb = () => process.resourceUsage().maxRSS / 1_024;

type Parts = Readonly<Record<'postgresSeconds' | 'schemaSeconds' | 'serverSeconds' | 'workersSeconds', number>>;

const startRow = (seconds: number, parts: Parts): BenchRow => ({
  what: 'cluster from nothing until two workers poll',
  seconds: [seconds],
  peakRssMb: peakRssMb(),
  notes: [
    `PostgreSQL ${parts.postgresSeconds.toFixed(1)} s, schema ${parts.schemaSeconds.toFixed(1)} s, server and ` +
      `namespace ${parts.serverSeconds.toFixed(1)} s, two workers ${parts.workersSeconds.toFixed(1)} s`,
  ],
});

async function measure(store: Store, address: string, workers: readonly WorkerProcess[]): Promise<readonly BenchRow[]> {
  const { connection, namespace } = await connectTemporal({ settings: { ...connectionSettings(), address } });
  const client = new Client({ connection, namespace });
  let runs = 0;
  /** Seconds of a run, and its verdicts. */
  const oneRun = async () => {
    const runId = `cluster-${runs++}`;
    const startedMs = performance.now();
    await client.workflow.execute<typeof parallelValidation>('parallelValidation', {
      taskQueue: 'desk',
      workflowId: `parallel-validation:${runId}`,
      args: [{ tier: 'L0', escalationTimeoutSeconds: 0 }],
      workflowTaskTimeout: '3 seconds',
      workflowExecutionTimeout: runLimitMs,
    });
    const seconds = (performance.now() - startedMs) / 1_000;
    return { seconds, verdicts: (await store.verdicts(runId)).map(({ text }) => text) };
  };
  try {
    const { verdicts } = await oneRun(); // warms up
    const quiet: number[] = [];
    for (let run = 0; run < repetitions; run += 1) quiet.push((await oneRun()).seconds);
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: crowd }, oneRun));
    const crowdSeconds = (performance.now() - startedMs) / 1_000;
    return [
      {
        what: `L0 run of ${verdicts.length} strategies, two workers`,
        seconds: quiet,
        peakRssMb: peakRssMb(),
      },
      {
        what: `${crowd} such runs at once`,
        seconds: [crowdSeconds],
        peakRssMb: peakRssMb(),
        notes: [`${((crowd * verdicts.length) / crowdSeconds).toFixed(1)} verdicts a second`],
      },
      await killedRow(oneRun, workers, Math.min(...quiet)),
    ];
  } finally {
    await connection.close();
  }
}

/** One worker gets SIGKILL in the middle of a run; the other one finishes it. */
async function killedRow(
  oneRun: () => Promise<{ seconds: number; verdicts: readonly string[] }>,
  [victim]: readonly WorkerProcess[],
  quietSeconds: number,
): Promise<BenchRow> {
  const undisturbed = await oneRun();
  const timer = setTimeout(() => process.kill(victim?.pid ?? 0, 'SIGKILL'), (quietSeconds * 1_000) / 2);
  const { seconds, verdicts } = await oneRun();
  clearTimeout(timer);
  const code = await victim?.whenEnded;
  if (code !== -1) throw new Error(`the worker was not killed: it ended with ${code}`);
  const same = verdicts.length === undisturbed.verdicts.length;
  return {
    what: 'the same run, one of the two workers killed in the middle',
    seconds: [seconds],
    peakRssMb: peakRssMb(),
    notes: [
      `${verdicts.length} verdicts${same ? ', one of each strategy' : `: ${undisturbed.verdicts.length} expected`}`,
    ],
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { openSqliteStore } from '../../adapters/store/sqlite/index.ts';
import { storeFile } from '../../adapters/store/places.ts';
import { keepDevServer, type KeptServer } from '../../adapters/temporal/server/keep.ts';
import { freePort } from '../../adapters/temporal/server/ports.ts';
import { type KeptWorker, keepWorkerProcess } from '../../apps/cli/desk/worker-process.ts';
import { projectFolder } from '../../config/paths.ts';
import { createPrng } from '../../core/math/prng.ts';
import type { parallelValidation } from '../../workflows/parallel-validation.ts';
import { giveBundle } from '../give-bundle.ts';

/** What is killed in the middle of a run. */
export type Victim = 'worker' | 'server';

/** A run of all shipped strategies, and what it left. */
export type ChaosRun = Readonly<{
  /** Verdicts as they are stored, by strategy id. */
  verdicts: readonly string[];
  /** Trials counted, by strategy id. */
  trials: readonly number[];
  durationMs: number;
  /** What was killed in it; undefined: it ran in peace. */
  victim?: Victim;
  /**
   * From the kill until the run's history has the next strategy's end (or its own, where none was to come): server and
   * worker both have to be back for that. Undefined without a kill, or when nothing was left to do.
   */
  recoveryMs?: number;
}>;

export type ChaosReport = Readonly<{ undisturbed: ChaosRun; disturbed: readonly ChaosRun[] }>;

const runLimitMs = 120_000;

/**
 * Runs all shipped strategies once in peace and then once for each of `victims`, with a SIGKILL of it at a random
 * (seeded) moment, with real server and worker processes, each time on an empty store.
 */
export async function chaos(
  victims: readonly Victim[],
  { seed, onLine = () => {} }: Readonly<{ seed: number; onLine?: (line: string) => void }>,
): Promise<ChaosReport> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-chaos-'));
  const { nextFloat } = createPrng(seed);
  const server = await keepDevServer({ port: await freePort(), uiPort: 'none', dbFile: join(folder, 'temporal.db') });
  try {
    const undisturbed = await oneRun(server, join(folder, 'peace'), undefined);
    onLine(`undisturbed: ${undisturbed.verdicts.length} verdicts in ${Math.round(undisturbed.durationMs)} ms`);
    const disturbed: ChaosRun[] = [];
    for (const [round, victim] of victims.entries()) {
      const afterMs = nextFloat() * undisturbed.durationMs;
      const run = await oneRun(server, join(folder, `kill-${round}`), { victim, afterMs });
      const recovery = run.recoveryMs === undefined ? 'nothing was left to do' : `${Math.round(run.recoveryMs)} ms`;
      onLine(`${victim} killed after ${Math.round(afterMs)} ms: progress after ${recovery}`);
      disturbed.push(run);
    }
    return { undisturbed, disturbed };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Kill = Readonly<{ victim: Victim; afterMs: number }>;

async function oneRun(server: KeptServer, home: string, kill: Kill | undefined): Promise<ChaosRun> {
  await giveBundle(home);
  const worker = keepWorkerProcess({
    address: server.address,
    // A fixed version, so that a commit in between does not make verdicts differ; files as they ship.
    env: {
      NIGHTDESK_HOME: home,
      DATABASE_URL: '',
      NIGHTDESK_CODE_VERSION: 'chaos',
      NIGHTDESK_STRATEGIES: join(projectFolder, 'strategies'),
    },
    onLine: () => {},
  });
  await worker.whenReady;
  const connection = await Connection.connect({ address: server.address });
  const store = openSqliteStore(storeFile(home));
  try {
    const client = new Client({ connection });
    const runId = `chaos-${process.pid}-${Math.round(performance.now())}`;
    const startedMs = performance.now();
    const handle = await client.workflow.start<typeof parallelValidation>('parallelValidation', {
      taskQueue: 'desk',
      workflowId: `parallel-validation:${runId}`,
      args: [{ escalationTimeoutSeconds: 0 }],
      workflowTaskTimeout: '3 seconds',
      workflowExecutionTimeout: runLimitMs,
    });
    const ended = untilEnd(() => handle.result());
    const recovery = kill && (await killAndWatch(kill, { server, worker, ended, count: () => childrenDone(handle) }));
    await ended;
    const durationMs = performance.now() - startedMs;
    const stored = await store.verdicts(runId);
    return {
      verdicts: stored.map(({ text }) => text),
      trials: await Promise.all(stored.map(({ verdict }) => store.trials(verdict.strategyId))),
      durationMs,
      ...(kill && { victim: kill.victim }),
      ...(recovery === undefined ? {} : { recoveryMs: recovery }),
    };
  } finally {
    store.close();
    await connection.close();
    await worker.stop();
  }
}

/** The result, asked for again while the server is away. */
async function untilEnd<T>(result: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await result();
    } catch (thrown) {
      const away = thrown instanceof Error && thrown.name !== 'WorkflowFailedError' && tries < 100;
      if (!away) throw thrown;
      await pause(100);
    }
  }
}

/** Children that have ended, as the parent's history has it; undefined while the server is away. */
async function childrenDone(handle: WorkflowHandle): Promise<number | undefined> {
  try {
    const { events } = await handle.fetchHistory();
    return (events ?? []).filter((event) => event.childWorkflowExecutionCompletedEventAttributes != null).length;
  } catch {
    return undefined;
  }
}

type Watched = Readonly<{
  server: KeptServer;
  worker: KeptWorker;
  ended: Promise<unknown>;
  count: () => Promise<number | undefined>;
}>;

/** Milliseconds from the kill to the next progress; undefined when the run was over before. */
async function killAndWatch({ victim, afterMs }: Kill, watched: Watched): Promise<number | undefined> {
  const { server, worker, ended, count } = watched;
  const over = ended.then(() => true);
  if (await Promise.race([over, pause(afterMs, false)])) return undefined;
  const before = (await count()) ?? 0;
  process.kill(victim === 'worker' ? worker.current().pid : server.current().pid, 'SIGKILL');
  const killedMs = performance.now();
  for (;;) {
    if (await Promise.race([over, pause(20, false)])) break;
    const now = await count();
    if (now !== undefined && now > before) break;
  }
  return performance.now() - killedMs;
}

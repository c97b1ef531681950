import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { openSqliteStore } from '../../adapters/store/sqlite/index.ts';
import { storeFile } from '../../adapters/store/places.ts';
import { type DevServer, startDevServer } from '../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../adapters/temporal/server/ports.ts';
import { keepWorkerProcess } from '../../apps/cli/desk/worker-process.ts';
import type { parallelValidation } from '../../workflows/parallel-validation.ts';
import { giveBundle } from '../give-bundle.ts';

/** 50 x 100 points on six markets: some seconds of work, to be killed in the middle of. */
const sweepPoints = 5_000;
const strategyText = `id: STR-901
name: Two means
hypothesis: A long sweep is killed, and goes on.
universe: [BTC/USDT:USDT, ETH/USDT:USDT, SOL/USDT:USDT, BNB/USDT:USDT, XRP/USDT:USDT, ADA/USDT:USDT]
timeframe: 1h
parameters:
  fast: { default: 20, min: 5, max: 54, step: 1 }
  slow: { default: 100, min: 60, max: 258, step: 2 }
signals: { enterLong: "crossover(sma(close, fast), sma(close, slow))", exitLong: "crossunder(sma(close, fast), sma(close, slow))" }
`;

/** A validation at L2, and what it left. */
export type SweepRun = Readonly<{ verdict: string; kills: readonly SweepKill[] }>;

export type SweepKill = Readonly<{
  /** Points of the sweep on disk when the worker was killed, and the first one that the next try computed. */
  kept: number;
  resumedAt: number;
  /** Milliseconds of work that were not on disk. */
  lostMs: number;
}>;

/**
 * Validates one strategy with a sweep of 5,000 points at L2, with real server and worker processes; the worker is
 * killed by SIGKILL once for each of `shares`, when so much of the sweep is on disk.
 */
export async function sweepRuns(rounds: readonly (readonly number[])[]): Promise<readonly SweepRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-sweep-'));
  for (const name of ['config', 'strategies']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'strategies', 'STR-901.yaml'), strategyText);
  writeFileSync(
    join(folder, 'config', 'validation-gates.yaml'),
    `L2: { maxPoints: ${sweepPoints}, monteCarloRuns: 10 }\n`,
  );
  const server = await startDevServer({ port: await freePort(), uiPort: 'none' });
  try {
    const runs: SweepRun[] = [];
    for (const [round, shares] of rounds.entries()) runs.push(await oneRun(server, { folder, round, shares }));
    return runs;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Round = Readonly<{ folder: string; round: number; shares: readonly number[] }>;

async function oneRun({ address }: DevServer, { folder, round, shares }: Round): Promise<SweepRun> {
  const home = join(folder, `home-${round}`);
  await giveBundle(home);
  const worker = keepWorkerProcess({
    address,
    env: {
      NIGHTDESK_HOME: home,
      DATABASE_URL: '',
      NIGHTDESK_CODE_VERSION: 'chaos',
      NIGHTDESK_STRATEGIES: join(folder, 'strategies'),
      NIGHTDESK_CONFIG: join(folder, 'config'),
    },
    onLine: () => {},
  });
  await worker.whenReady;
  const connection = await Connection.connect({ address });
  const store = openSqliteStore(storeFile(home));
  try {
    const runId = `sweep-${process.pid}-${round}`;
    const handle = await new Client({ connection }).workflow.start<typeof parallelValidation>('parallelValidation', {
      taskQueue: 'desk',
      workflowId: `parallel-validation:${runId}`,
      args: [{ tier: 'L2', escalationTimeoutSeconds: 0 }],
      workflowTaskTimeout: '3 seconds',
    });
    const ended = handle.result();
    const checkpoints = join(home, 'runs', runId, 'checkpoints');
    const kills: SweepKill[] = [];
    for (const share of shares) kills.push(await killInSweep(checkpoints, share, () => worker.current().pid));
    await ended;
    const [stored] = await store.verdicts(runId);
    return { verdict: stored.text, kills };
  } finally {
    store.close();
    await connection.close();
    await worker.stop();
  }
}

async function killInSweep(checkpoints: string, share: number, pid: () => number): Promise<SweepKill> {
  const enough = share * sweepPoints;
  await until(() => pointsOf(filesIn(checkpoints)) >= enough);
  const files = filesIn(checkpoints);
  const writtenMs = Math.max(...files.map((file) => statSync(file).mtimeMs));
  process.kill(pid(), 'SIGKILL');
  const lostMs = Date.now() - writtenMs;
  const before = filesIn(checkpoints);
  const kept = pointsOf(before);
  if (kept === sweepPoints) return { kept, resumedAt: kept, lostMs }; // nothing of the sweep was left
  const resumedAt = await until(() => {
    const [fresh] = filesIn(checkpoints).filter((file) => !before.includes(file));
    return fresh === undefined ? undefined : batchesOf(fresh).at(0)?.from;
  });
  return { kept, resumedAt, lostMs };
}

async function until<T>(found: () => T | undefined | false): Promise<T> {
  for (;;) {
    const answer = found();
    if (answer !== undefined && answer !== false) return answer;
    await pause(20);
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // nothing is written yet
  }
}

type Batch = Readonly<{ loop: string; from: number; rows: number; width: number }>;

/** The batches of a checkpoint that are whole: a line of 192 bytes each, and its rows. */
function batchesOf(file: string): readonly Batch[] {
  const bytes = readFileSync(file);
  const batches: Batch[] = [];
  for (let at = 192; at + 192 <= bytes.length;) {
    const batch = JSON.parse(bytes.toString('latin1', at, at + 192)) as Batch;
    at += 192 + 8 * batch.rows * batch.width;
    if (at <= bytes.length) batches.push(batch);
  }
  return batches;
}

/** Points of the sweep that are on disk. */
const pointsOf = (files: readonly string[]): number =>
  Math.max(0, ...files.flatMap(batchesOf).map(({ loop, from, rows }) => (loop === 'sweep' ? from + rows : 0)));

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { openSqliteStore } from '../adapters/store/sqlite/index.ts';
import { storeFile } from '../adapters/store/places.ts';
import { connectTemporal } from '../adapters/temporal/client/connect.ts';
import { connectionSettings } from '../adapters/temporal/client/settings.ts';
import { startDevServer } from '../adapters/temporal/server/dev-server.ts';
import { freePort } from '../adapters/temporal/server/ports.ts';
import { startWorkerProcess } from '../apps/cli/desk/worker-process.ts';
import { newRunId } from '../apps/cli/validate/run-id.ts';
import { type FinishedRun, runValidation } from '../apps/cli/validate/run-validation.ts';
import { parseRunInput } from '../core/validation/run-input.ts';

/** CPU seconds and the largest resident memory of a process since its start; Linux only. */
export type ProcessUse = Readonly<{
  cpuSeconds: number;
  /** Of them those of V8's own threads: garbage and compilation for all threads of JavaScript. */
  v8CpuSeconds: number;
  peakRssMb: number;
}>;

/** A desk of a benchmark: a server, a worker and a store that nobody else uses. */
export type BenchDesk = Readonly<{
  client: Client;
  validate(input: object): Promise<FinishedRun>;
  /** Sum of the CPU seconds of the threads inside activities so far. */
  activityCpuSeconds(): number;
  server(): ProcessUse;
  worker(): ProcessUse;
}>;

/** Runs `work` on a desk of its own, with settings from the environment where it changes some. */
export async function onBenchDesk<Result>(work: (desk: BenchDesk) => Promise<Result>): Promise<Result> {
  const home = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  process.env['NIGHTDESK_HOME'] = home;
  process.env['DATABASE_URL'] = ''; // never somebody's own desk
  const server = await startDevServer({ port: await freePort(), uiPort: 'none' });
  let activityCpu = 0;
  const worker = startWorkerProcess({
    address: server.address,
    onLine: (line) => {
      activityCpu += Number(/^validated .* \((\d+\.\d+) s of CPU\)$/.exec(line)?.[1] ?? 0);
    },
  });
  try {
    await worker.whenReady;
    const { connection, namespace } = await connectTemporal({
      settings: { ...connectionSettings(), address: server.address },
    });
    const store = openSqliteStore(storeFile());
    try {
      const client = new Client({ connection, namespace });
      return await work({
        client,
        validate: (input) => validate({ client, store, input }),
        activityCpuSeconds: () => activityCpu,
        server: () => useOf(server.pid),
        worker: () => useOf(worker.pid),
      });
    } finally {
      store.close();
      await connection.close();
    }
  } finally {
    await worker.stop();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

type Validation = Readonly<{ client: Client; store: ReturnType<typeof openSqliteStore>; input: object }>;

async function validate({ client, store, input }: Validation): Promise<FinishedRun> {
  const outcome = await runValidation({
    desk: { client, ours: true },
    store,
    runId: newRunId(),
    input: parseRunInput({ escalationTimeoutSeconds: 0, ...input }),
    taskTimeoutMs: 3_000,
    everyMs: 1_000,
    onStart: () => {},
    onPlan: () => {},
    onProgress: () => {},
    onNobody: () => {},
    signal: new AbortController().signal,
  });
  if (!('finished' in outcome)) throw new Error('the run did not finish');
  return outcome.finished;
}

/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

function useOf(pid: number): ProcessUse {
  const v8 = readdirSync(`/proc/${pid}/task`)
    .map((thread) => textOf(`/proc/${pid}/task/${thread}/stat`))
    .filter((text) => text.includes('(V8Worker)'));
  const [, peakKb] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    cpuSeconds: cpuOf(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    v8CpuSeconds: v8.reduce((sum, text) => sum + cpuOf(text), 0),
    peakRssMb: Number(peakKb) / 1_024,
  };
}

/** Threads end while they are listed: one that is gone says nothing. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Fields 14 and 15 of proc(5), user and system time; the first two end with the name. */
function cpuOf(stat: string): number {
  const fields = stat.split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { openSqliteStore } from '../adapters/store/sqlite/index.ts';
import { ensureSearchAttributes } from '../adapters/temporal/client/search-attributes.ts';
import type { Inspection, JobResult, ValidationCompute, ValidationJob } from '../core/ports/validation-compute.ts';
import type { Verdict } from '../core/validation/verdict.ts';
import { createComputeWorker, createDeskWorker } from '../workers/desk-workers.ts';
import { testPluginPorts } from './plugin-ports.ts';
import { testBundle } from './give-bundle.ts';
import { quietRuntime } from './quiet-runtime.ts';
import type { parallelValidation, ParallelValidationResult } from '../workflows/parallel-validation.ts';

/** What a scripted validation does; `try_` counts the calls for one strategy from 1. */
export type Script = (job: ValidationJob, attempt: number, signal: AbortSignal) => JobResult | Promise<JobResult>;

const hash = 'ab'.repeat(32);

/** A verdict with one gate, as a computation would return it. */
export function scriptedVerdict(job: ValidationJob, status: 'PASS' | 'FAIL', fixable = true): JobResult {
  const gate = {
    name: 'signals',
    value: status === 'PASS' ? 40 : 8,
    threshold: '> 10',
    passed: status === 'PASS',
    fixable,
    errorType: fixable ? 'signal_frequency_low' : 'data_unavailable',
  };
  const verdict: Verdict = {
    strategyId: job.strategyId,
    tier: job.tier,
    status,
    gates: [gate],
    metrics: { trades: gate.value },
    trials: { ownRun: 1, total: job.trialsBefore },
    windows: [],
    dataHash: hash,
    strategyHash: hash,
    codeVersion: job.codeVersion,
    seed: 1,
    failures: status === 'PASS' ? [] : [{ errorType: gate.errorType, fixable, message: 'signals 8, needs > 10' }],
    warnings: [],
  };
  return { verdict };
}

/** Never ends by itself: for time-outs and cancels. */
export const hangs = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** The compute port with an answer for each strategy: workflows are tested against what computations may do. */
export function scriptedCompute(ids: readonly string[], script: Script): ValidationCompute & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    inspect: async ({ strategies }): Promise<Inspection> => ({
      strategies: ids
        .filter((id) => strategies.length === 0 || strategies.includes(id))
        .map((id) => ({
          strategyId: id,
          name: `Strategy ${id}`,
          file: `/strategies/${id}.yaml`,
          strategyHash: hash,
          shape: `shape of ${id}`,
        })),
      problems: [],
    }),
    async validate(job, signal) {
      calls.push(job.strategyId);
      return script(job, calls.filter((id) => id === job.strategyId).length, signal);
    },
    forget() {},
  };
}

/** STR-101, STR-102, … */
export const strategyIds = (count: number): string[] => Array.from({ length: count }, (_, i) => `STR-${101 + i}`);

export type TestDesk = Awaited<ReturnType<typeof startTestDesk>>;

type TestDeskOptions = Readonly<{
  threads?: number;
  /** Of the server; default: the one that all tests of a run share. */
  address?: string;
}>;

/** What histories name workers and clients by: no process and no machine. */
const identity = 'test-desk';

/** Real workers on a real server, on queues of their own, with a store of their own. */
export async function startTestDesk(compute: ValidationCompute, { threads = 4, address: given }: TestDeskOptions = {}) {
  quietRuntime();
  // Loaded only here: it can be had in vitest alone, and the recorder of histories is a plain script.
  const address = given ?? (await (await import('./temporal-server.ts')).temporalServer()).address;
  const name = randomUUID().slice(0, 8);
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-desk-'));
  const store = openSqliteStore(join(folder, 'desk.sqlite'));
  const plugins = testPluginPorts(folder);
  const [native, connection, bundle] = await Promise.all([
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
    testBundle(),
  ]);
  const { usable } = await ensureSearchAttributes(connection, 'default');
  const ports = {
    connection: native,
    namespace: 'default',
    workflowBundle: bundle,
    store,
    compute,
    plugins,
    threads,
    codeVersion: 'test',
    searchAttributes: usable,
    identity,
  };
  const workers = [await createDeskWorker(`desk-${name}`, ports), await createComputeWorker(`compute-${name}`, ports)];
  const running = Promise.all(workers.map((worker) => worker.run()));
  const client = new Client({ connection, identity });
  const start = (
    input?: unknown,
    runId = `run-${randomUUID().slice(0, 8)}`,
  ): Promise<WorkflowHandle<typeof parallelValidation>> =>
    client.workflow.start<typeof parallelValidation>('parallelValidation', {
      taskQueue: `desk-${name}`,
      workflowId: `parallel-validation:${runId}`,
      args: input === undefined ? [] : [input],
      workflowTaskTimeout: '3 seconds',
      workflowExecutionTimeout: '2 minutes',
    });
  return {
    client,
    store,
    queue: `desk-${name}`,
    start,
    run: async (input?: unknown): Promise<Extract<ParallelValidationResult, { dryRun: false }>> => {
      const result = await (await start(input)).result();
      if (result.dryRun) throw new Error('that was a dry run');
      return result;
    },
    async stop() {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await native.close();
      store.close();
      await plugins.pluginCompute.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * `npm run histories [-- --orders | --books]`: records the replay corpus, one run of the desk's workflows for every way in which they can end,
 * on a real server. Run it when a workflow has changed on purpose; what running workflows would break on is then seen
 * in the old files, which stay until no such workflow can be under way any more.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startDevServer } from '../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../adapters/temporal/server/ports.ts';
import { DeskError } from '../../core/errors.ts';
import { recordBooks } from './record-books.ts';
import { recordOrders } from './record-orders.ts';
import { hangs, type Script, scriptedCompute, scriptedVerdict, startTestDesk, strategyIds, type TestDesk } from '../test-desk.ts';

type Scenario = Readonly<{
  /** File name of the run's history. */
  name: string;
  script: Script;
  strategies?: number;
  input?: unknown;
  /** What is done to the run while it is under way. */
  act?: (handle: WorkflowHandle, desk: TestDesk) => Promise<void>;
  /** The child whose history is kept too, by place. */
  child?: Readonly<{ place: number; name: string }>;
}>;

const outcome =
  (status: 'PASS' | 'FAIL'): Script =>
  (job) =>
    scriptedVerdict(job, status);

/** The first strategy hangs until it is stopped, the others pass. */
const firstHangs: Script = (job, _, signal) =>
  job.strategyId === 'STR-101' ? hangs(signal) : scriptedVerdict(job, 'PASS');

async function untilPhase(handle: WorkflowHandle, phase: string): Promise<void> {
  for (;;) {
    const progress = await handle.query<{ phase: string } | undefined>('progress').catch(() => undefined);
    if (progress?.phase === phase) return;
    await pause(50);
  }
}

async function untilRunning(handle: WorkflowHandle, strategyId: string): Promise<void> {
  for (;;) {
    const progress = await handle.query<{ running: { strategyId: string }[] } | undefined>('progress').catch(() => undefined);
    if (progress?.running.some((each) => each.strategyId === strategyId) === true) return;
    await pause(50);
  }
}

const scenarios: readonly Scenario[] = [
  { name: 'pass', script: outcome('PASS'), child: { place: 0, name: 'pass' } },
  {
    name: 'escalated-gone-on',
    script: outcome('FAIL'),
    input: { escalationTimeoutSeconds: 1 },
    child: { place: 0, name: 'fail' },
  },
  { name: 'escalated-not-asked', script: outcome('FAIL'), input: { escalationTimeoutSeconds: 0 } },
  {
    name: 'escalated-answered',
    script: outcome('FAIL'),
    input: { escalationTimeoutSeconds: 60 },
    async act(handle) {
      await untilPhase(handle, 'escalated');
      await handle.executeUpdate('answerEscalation', { args: [{ choice: 'relaxThresholds', by: 'recorder' }] });
    },
  },
  {
    name: 'time-out',
    script: firstHangs,
    input: { timeoutSeconds: 1 },
    child: { place: 0, name: 'time-out' },
  },
  {
    name: 'crash',
    script(job) {
      if (job.strategyId === 'STR-101') throw new DeskError('WorkerCrashed', 'out of memory');
      return scriptedVerdict(job, 'PASS');
    },
    child: { place: 0, name: 'error' },
  },
  {
    name: 'cancel',
    script: firstHangs,
    async act(handle) {
      await untilRunning(handle, 'STR-101');
      await handle.cancel();
    },
    child: { place: 0, name: 'cancel' },
  },
  {
    name: 'cancel-one-set-workers',
    script: firstHangs,
    strategies: 4,
    input: { workers: 1 },
    async act(handle) {
      await untilRunning(handle, 'STR-101');
      await handle.executeUpdate('setWorkers', { args: [{ workers: 2 }] });
      await handle.executeUpdate('cancelStrategy', { args: [{ strategyId: 'STR-101' }] });
    },
  },
  { name: 'bad-input', script: outcome('PASS'), input: { teir: 'L0' } },
  { name: 'dry-run', script: outcome('PASS'), input: { dryRun: true } },
];

const folder = fileURLToPath(new URL('.', import.meta.url));

/** A history as JSON without stack traces: they name the machine, and replay does not read them. */
async function save(workflow: string, name: string, handle: WorkflowHandle): Promise<void> {
  const text = historyToJSON(await handle.fetchHistory());
  const history: unknown = JSON.parse(text, (key, value: unknown) => (key === 'stackTrace' ? undefined : value));
  mkdirSync(`${folder}${workflow}`, { recursive: true });
  writeFileSync(`${folder}${workflow}/${name}.json`, `${JSON.stringify(history)}\n`);
  process.stdout.write(`${workflow}/${name}\n`);
}

async function record({ name, script, strategies = 3, input, act, child }: Scenario, address: string): Promise<void> {
  const ids = strategyIds(strategies);
  const desk = await startTestDesk(scriptedCompute(ids, script), { address });
  try {
    const handle = await desk.start(input, `recorded-${name}`);
    await act?.(handle, desk);
    await handle.result().catch(() => {}); // how it ended is what is recorded
    await save('parallel-validation', name, handle);
    if (child === undefined) return;
    const childId = `strategy-validation:recorded-${name}:${ids[child.place] ?? ''}`;
    await save('strategy-validation', child.name, desk.client.workflow.getHandle(childId));
  } finally {
    await desk.stop();
  }
}

const server = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: 'memory' });
try {
  const [only] = ['--orders', '--books'].filter((flag) => process.argv.includes(flag));
  if (only === undefined) for (const scenario of scenarios) await record(scenario, server.address);
  if (only !== '--books') await recordOrders(server.address, save);
  if (only !== '--orders') await recordBooks(server.address, save);
} finally {
  await server.stop();
}

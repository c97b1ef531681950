import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { projectFolder } from '../config/paths.ts';
import { type BenchDesk, onBenchDesk } from './desk.ts';
import type { BenchRow } from './measure.ts';

const sizes = [250, 500, 1_000];

/**
 * Many strategies through L0 in one run, on a server, a worker and a store of their own: wall clock and CPU of each
 * process, the parent's histories and the worker's memory.
 */
export async function benchScale(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const count of sizes) rows.push(await withStrategies(count, () => onBenchDesk((desk) => runL0(desk, count))));
  return rows;
}

async function runL0(desk: BenchDesk, count: number): Promise<BenchRow> {
  await desk.validate({ strategies: ['STR-1000'] }); // code and bars are loaded
  const [server, worker] = [desk.server(), desk.worker()];
  const activitiesBefore = desk.activityCpuSeconds();
  const { summary, workflowId, verdicts } = await desk.validate({});
  if (verdicts.length !== count) throw new Error(`${verdicts.length} verdicts instead of ${count}`);
  const [serverAfter, workerAfter] = [desk.server(), desk.worker()];
  const serverCpu = serverAfter.cpuSeconds - server.cpuSeconds;
  const workerCpu = workerAfter.cpuSeconds - worker.cpuSeconds;
  const activityCpu = desk.activityCpuSeconds() - activitiesBefore;
  const each = (seconds: number) => `${((seconds / count) * 1_000).toFixed(1)} ms`;
  return {
    what: `${count} strategies through L0 in one run`,
    seconds: [summary.wallSeconds],
    peakRssMb: workerAfter.peakRssMb,
    ...(count === 1_000 && { goal: 'under 90 s on two cores' }),
    notes: [
      `CPU a strategy: server ${each(serverCpu)}, worker ${each(workerCpu)}, of it inside activities ${each(activityCpu)}`,
      `CPU in all: ${(serverCpu + workerCpu).toFixed(1)} s, ${((serverCpu + workerCpu) / availableParallelism()).toFixed(1)} s a core`,
      `${summary.passed} passed, ${summary.failed} failed, ${summary.errors} errors`,
      `peak memory: worker ${workerAfter.peakRssMb.toFixed(0)} MB, server ${serverAfter.peakRssMb.toFixed(0)} MB`,
      ...(await historiesOf(desk, workflowId)),
    ],
  };
}

/** Events and bytes of the parent's executions, the largest of each. */
async function historiesOf({ client }: BenchDesk, workflowId: string): Promise<readonly string[]> {
  const lengths: number[] = [];
  const sizesKb: number[] = [];
  for await (const { historyLength, historySize } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    lengths.push(historyLength);
    sizesKb.push((historySize ?? 0) / 1_024);
  }
  return [
    `parent: ${lengths.length} executions, at most ${Math.max(...lengths)} events and ${Math.max(...sizesKb).toFixed(0)} KB`,
  ];
}

/** Strategy files made of the examples by moving their parameters along their ranges, as the strategies folder. */
export async function withStrategies<Result>(count: number, work: () => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-strategies-'));
  const before = process.env['NIGHTDESK_STRATEGIES'];
  const shipped = join(projectFolder, 'strategies');
  const texts = readdirSync(shipped)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => readFileSync(join(shipped, name), 'utf8'));
  for (let number = 0; number < count; number++) {
    const id = `STR-${1_000 + number}`;
    const text = moved(texts[number % texts.length], id, Math.floor(number / texts.length));
    writeFileSync(join(folder, `${id}.yaml`), text);
  }
  process.env['NIGHTDESK_STRATEGIES'] = folder;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['NIGHTDESK_STRATEGIES'];
    else process.env['NIGHTDESK_STRATEGIES'] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An example under another id, the default of its first parameter `steps` steps further on (it comes round again). */
function moved(text: string, id: string, steps: number): string {
  const document = parseDocument(text);
  document.set('id', id);
  const { parameters = {} } = document.toJS() as { parameters?: Record<string, Range> };
  const [[name, range] = []] = Object.entries(parameters);
  if (name !== undefined && range?.step !== undefined) {
    const { min, max, step } = range;
    const places = Math.floor((max - min) / step + 1e-9) + 1;
    const place = (Math.round((range.default - min) / step) + steps) % places;
    document.setIn(['parameters', name, 'default'], Number((min + place * step).toPrecision(12)));
  }
  return document.toString();
}

type Range = Readonly<{ default: number; min: number; max: number; step?: number }>;

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchDesk, onBenchDesk } from './desk.ts';
import type { BenchRow } from './measure.ts';
import { withStrategies } from './scale.ts';

const many = 24;
/** Fewer runs than the desk makes, to be done in minutes: the rest of L2 is as it is. */
const settings = 'L2: { monteCarloRuns: 300 }\n';

/**
 * L2 through Temporal. Of many strategies: which share of the cores' time was spent inside activities, by the CPU time
 * of their threads. Of one: what the run took beside its activity. On a machine that does other things too, only the
 * second share says something: of the CPU that server and worker used, that inside activities.
 */
export async function benchParallel(): Promise<readonly BenchRow[]> {
  const config = mkdtempSync(join(tmpdir(), 'nightdesk-bench-config-'));
  writeFileSync(join(config, 'validation-gates.yaml'), settings);
  process.env['NIGHTDESK_CONFIG'] = config;
  try {
    return await withStrategies(many, () =>
      onBenchDesk(async (desk) => {
        await desk.validate({}); // L0: code and bars are loaded in each thread
        return [await efficiency(desk), await overhead(desk)];
      }),
    );
  } finally {
    delete process.env['NIGHTDESK_CONFIG'];
    rmSync(config, { recursive: true, force: true });
  }
}

async function efficiency(desk: BenchDesk): Promise<BenchRow> {
  const used = () => desk.server().cpuSeconds + desk.worker().cpuSeconds;
  const [before, activitiesBefore, v8Before] = [used(), desk.activityCpuSeconds(), desk.worker().v8CpuSeconds];
  const { summary } = await desk.validate({ tier: 'L2' });
  const activities = desk.activityCpuSeconds() - activitiesBefore;
  const all = used() - before;
  const v8 = desk.worker().v8CpuSeconds - v8Before;
  const cores = availableParallelism();
  return {
    what: `${many} strategies through L2 in one run, ${cores} threads`,
    seconds: [summary.wallSeconds],
    peakRssMb: desk.worker().peakRssMb,
    goal: `activities use at least 90 % of the cores: ${percent(activities / (summary.wallSeconds * cores))}`,
    notes: [
      `CPU: ${activities.toFixed(1)} s of threads inside activities, ${v8.toFixed(1)} s of V8 beside them (garbage, compilation)`,
      `of ${all.toFixed(1)} s of server and worker in all: ${percent(activities / all)}, with V8 ${percent((activities + v8) / all)}`,
    ],
  };
}

async function overhead(desk: BenchDesk): Promise<BenchRow> {
  const { summary } = await desk.validate({ tier: 'L2', strategies: ['STR-1009'] });
  const { wallSeconds, sequentialSeconds } = summary;
  return {
    what: 'one strategy through L2 in a run',
    seconds: [wallSeconds],
    peakRssMb: desk.worker().peakRssMb,
    goal: `durable overhead at most 5 %: ${percent((wallSeconds - sequentialSeconds) / sequentialSeconds)}`,
    notes: [`${sequentialSeconds.toFixed(2)} s inside the activity`],
  };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/**
 * `npm run chaos [-- --times 10] [--seed 1]`: SIGKILLs worker and server in the middle of runs, and the worker in the
 * middle of a sweep of 5,000 points, with real processes, and says how long it took until the run went on and how much
 * work was lost. Exit code 1 when a verdict differs, a trial counts twice, or a goal is missed.
 */
import { parseArgs } from 'node:util';
import { chaos, type ChaosReport, type Victim } from './recovery.ts';
import { type SweepRun, sweepRuns } from './sweep-recovery.ts';

/** Longest wait for progress: worker and server (DESIGN, section 8). */
const goalMs: Readonly<Record<Victim, number>> = { worker: 5_000, server: 10_000 };

const { values } = parseArgs({
  options: { times: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

function judge(victim: Victim, { undisturbed, disturbed }: ChaosReport): boolean {
  const same = disturbed.filter(
    ({ verdicts, trials }) =>
      JSON.stringify(verdicts) === JSON.stringify(undisturbed.verdicts) &&
      JSON.stringify(trials) === JSON.stringify(undisturbed.trials),
  ).length;
  const waits = disturbed.flatMap(({ recoveryMs }) => recoveryMs ?? []).toSorted((a, b) => a - b);
  const worst = waits.at(-1) ?? 0;
  const middle = waits[waits.length >> 1] ?? 0;
  say(
    `${victim}: ${same} of ${disturbed.length} runs with the same verdicts and trials; progress after ` +
      `${Math.round(middle)} ms (median), ${Math.round(worst)} ms (worst), goal ${goalMs[victim]} ms`,
  );
  return same === disturbed.length && worst <= goalMs[victim];
}

/** Work that a kill in a sweep may cost, at most. */
const lostGoalMs = 3_000;

function judgeSweeps([undisturbed, ...disturbed]: readonly SweepRun[]): boolean {
  const same = disturbed.filter(({ verdict }) => verdict === undisturbed.verdict).length;
  const kills = disturbed.flatMap((run) => run.kills);
  for (const { kept, resumedAt, lostMs } of kills) {
    say(`worker killed at point ${kept} of the sweep: went on with point ${resumedAt}, ${Math.round(lostMs)} ms lost`);
  }
  const worst = Math.max(...kills.map(({ lostMs }) => lostMs));
  say(
    `sweep: ${same} of ${disturbed.length} runs with the same verdict; ${Math.round(worst)} ms of work lost (worst), ` +
      `goal ${lostGoalMs} ms`,
  );
  return same === disturbed.length && kills.every((k) => k.kept === k.resumedAt) && worst <= lostGoalMs;
}

const options = { times: Number(values.times), seed: Number(values.seed), onLine: say };
const held: boolean[] = [];
for (const victim of ['worker', 'server'] as const) held.push(judge(victim, await chaos(victim, options)));
held.push(judgeSweeps(await sweepRuns([[], [0.1, 0.5], [0.3], [0.8]])));
process.exitCode = held.every(Boolean) ? 0 : 1;

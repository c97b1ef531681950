/**
 * `npm run chaos`, with real processes; exit code 1 when anything is lost, doubled or late.
 *
 * - `-- --minutes 10 --seed 1 [--venue kraken]`: order episodes, one seed after the other, until the time is over (orders/).
 * - `-- --strikes kill,killDuring,stop [--every 1] [--from 1] [--worlds 4] [--sleep 60]`: a plan of three legs, struck at
 *   its 1st, 2nd, … port call; with `--sleep`, a stopped worker really sleeps for so many seconds; with `--plan stops`
 *   one leg is a protective stop, at `--venue` as for episodes.
 * - `-- --planted all` (or names): each planted bug has to be seen.
 * - `[-- --times 10] [--seed 1]`: SIGKILLs worker and server in the middle of validations, and the worker in the middle
 *   of a sweep of 5,000 points, and says how long it took until the run went on and how much work was lost.
 */
import { parseArgs } from 'node:util';
import { chaos, type ChaosReport, type Victim } from './recovery.ts';
import { type SweepRun, sweepRuns } from './sweep-recovery.ts';

/** Longest wait for progress: worker and server (DESIGN, section 8). */
const goalMs: Readonly<Record<Victim, number>> = { worker: 5_000, server: 10_000 };

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    strikes: { type: 'string' },
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    worlds: { type: 'string', default: '4' },
    sleep: { type: 'string' },
    plan: { type: 'string', default: 'three' },
    venue: { type: 'string', default: 'binance' },
    planted: { type: 'string' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

function judge(victim: Victim, { undisturbed, disturbed: all }: ChaosReport): boolean {
  const disturbed = all.filter((run) => run.victim === victim);
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

const seed = Number(values.seed);

async function judgeRecovery(): Promise<readonly boolean[]> {
  const victims = ['worker', 'server'] as const;
  const each = Array.from({ length: Number(values.times) });
  const report = await chaos(
    victims.flatMap((victim) => each.map(() => victim)),
    { seed, onLine: say },
  );
  const held = victims.map((victim) => judge(victim, report));
  held.push(judgeSweeps(await sweepRuns([[], [0.1, 0.5], [0.3], [0.8]])));
  return held;
}

async function judgeOrders(): Promise<readonly boolean[]> {
  const { episodes, planted, strikes } = await import('./orders/by-hand.ts');
  if (values.planted !== undefined) return planted(values.planted, { seed, say });
  if (values.strikes !== undefined) {
    const [every, from, worlds] = [values.every, values.from, values.worlds].map(Number) as [number, number, number];
    const slept = values.sleep === undefined ? {} : { sleepSeconds: Number(values.sleep) };
    const { plan: planName, venue: desk } = values;
    return strikes(values.strikes, { every, from, worlds, planName, desk, ...slept, say });
  }
  return episodes({ seed, minutes: Number(values.minutes), desk: values.venue, say });
}

const orders = [values.minutes, values.strikes, values.planted].some((value) => value !== undefined);
const held = orders ? await judgeOrders() : await judgeRecovery();
process.exit(held.every(Boolean) ? 0 : 1);

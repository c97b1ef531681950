/**
 * `npm run sim [-- --seeds 10000] [--from 1]`: orders in simulated time, a seed after the other; exit code 1 and the
 * seeds where a rule did not hold, which are then kept in tests/sim/seeds.txt. `--trace 42` prints all that happens
 * with one seed, `--bug name` with one of our rules taken out (tests/sim/planted.ts),
 * `--shrink 42` looks for the smallest plan of a seed that still breaks its rule; a fresh one is shrunk by itself.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { keptSeeds, keptSeedsFile } from './kept-seeds.ts';
import { runSeeds } from './run-seeds.ts';
import { shownPlan, shrinkSeed } from './shrink.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    trace: { type: 'string' },
    shrink: { type: 'string' },
    bug: { type: 'string' },
  },
});
const mostShrunk = 5;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function traceOne(seed: number): Promise<boolean> {
  const report = await simulate({ seed, bug: values.bug, keepTrace: true });
  for (const line of report.trace) say(line);
  for (const { rule, text } of report.breaches) say(`BROKEN ${rule}: ${text}`);
  say(`seed ${seed}: hash ${report.hash}, ${Math.round(report.simulatedMs / 1000)} s simulated`);
  return report.breaches.length === 0;
}

async function runMany(from: number, count: number): Promise<boolean> {
  const startedMs = performance.now();
  const { broken, ...totals } = await runSeeds(from, from + count, values.bug);
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const { seed, rules } of broken) say(`seed ${seed}: ${rules.join('; ')}`);
  say(
    `${totals.seeds} seeds in ${seconds.toFixed(1)} s, ${totals.accepted} orders, ${totals.fills} fills, ` +
      `${Math.round(totals.simulatedMs / 1_000 / seconds)} x real time; ${broken.length} broken`,
  );
  if (values.bug === undefined) await keep(broken.map(({ seed }) => seed));
  return broken.length === 0;
}

/** The first few with their smallest plans; shrinking all of a rule that broke in general would take long. */
async function keep(seeds: readonly number[]): Promise<void> {
  const known = new Set(keptSeeds());
  for (const [place, seed] of seeds.filter((each) => !known.has(each)).entries()) {
    const smallest = place < mostShrunk ? await shrinkOne(seed) : undefined;
    appendFileSync(keptSeedsFile, smallest === undefined ? `${seed}\n` : `${seed} # ${smallest}\n`);
  }
}

/** Its rule and smallest plan in words; undefined where no rule is broken. */
async function shrinkOne(seed: number): Promise<string | undefined> {
  const shrunk = await shrinkSeed(seed, values.bug);
  if (shrunk === undefined) {
    say(`seed ${seed} breaks no rule`);
    return undefined;
  }
  const smallest = `${shrunk.rule}: ${shownPlan(shrunk.plan)}`;
  say(`seed ${seed}, smallest of ${shrunk.runs} plans: ${smallest}`);
  return smallest;
}

async function work(): Promise<boolean> {
  if (values.shrink !== undefined) return (await shrinkOne(Number(values.shrink))) === undefined;
  if (values.trace !== undefined) return traceOne(Number(values.trace));
  return runMany(Number(values.from), Number(values.seeds));
}

process.exitCode = (await work()) ? 0 : 1;

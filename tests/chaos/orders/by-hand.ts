import { DeskError } from '../../../core/errors.ts';
import { type EpisodeReport, runEpisode } from './episode.ts';
import { everyStrike } from './every-strike.ts';
import type { Finding } from './judge.ts';
import { strikePlanNames } from './plans.ts';
import { isPlantedBug, plantedBugs } from './planted.ts';
import { runPlanted } from './planted-runs.ts';
import { readStrike } from './port-calls.ts';
import type { StrikeReport } from './strikes.ts';
import { type ChaosVenue, chaosVenue, chaosVenueNames } from './venues.ts';

type Say = (line: string) => void;

const mostFaultsMs = 6 * 60_000;
const leastFaultsMs = 30_000;

/** Episodes with rising seeds until the time is over; whether each found nothing. */
export async function episodes({
  seed,
  minutes,
  desk,
  say,
}: Readonly<{ seed: number; minutes: number; desk: string; say: Say }>): Promise<boolean[]> {
  const venue = venueOf(desk);
  const endMs = performance.now() + minutes * 60_000;
  const held: boolean[] = [];
  for (let next = seed; held.length === 0 || performance.now() < endMs; next += 1) {
    // An episode takes a minute more than its faults.
    const leftMs = endMs - performance.now() - 60_000;
    const faultsMs = Math.round(Math.min(mostFaultsMs, Math.max(leastFaultsMs, leftMs)));
    const report = await runEpisode({ seed: next, venue, faultsMs });
    sayEpisode(report, say);
    held.push(report.findings.length === 0);
  }
  return held;
}

function sayEpisode(
  { seed, schedule, plans, orders, fills, stops, states, findings, convergedMs, kept }: EpisodeReport,
  say: Say,
) {
  const ends = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  say(
    `seed ${seed}: ${schedule.length} faults, ${plans} plans (${ends.join(', ')}), ${orders} orders (${stops} stops) ` +
      `and ${fills} fills at the venue; all ended ${Math.round(convergedMs / 1000)} s after the last fault; ${findings.length} findings`,
  );
  sayFindings({ findings, kept }, say);
}

function sayFindings(
  { findings, kept }: Readonly<{ findings: readonly Finding[]; kept: string | undefined }>,
  say: Say,
) {
  for (const { invariant, what } of findings) say(`  ${invariant}: ${what}`);
  if (kept !== undefined) say(`  kept in ${kept}`);
}

/** Each bug in an episode of its own; whether each was seen. */
export async function planted(names: string, { seed, say }: Readonly<{ seed: number; say: Say }>): Promise<boolean[]> {
  const held: boolean[] = [];
  for (const name of names === 'all' ? Object.keys(plantedBugs) : names.split(',')) {
    if (!isPlantedBug(name)) throw usage('--planted', Object.keys(plantedBugs).join(', '), name);
    const { rule, seenBy, caught, findings } = await runPlanted(name, seed);
    const first = findings.find(({ invariant }) => seenBy.includes(invariant))?.what ?? 'not seen';
    say(`${name} (${rule}), seed ${seed}: ${caught ? seenBy.join(', ') : 'NOT SEEN'}: ${first}`);
    held.push(caught);
  }
  return held;
}

export type StrikesByHand = Readonly<{
  /** How far it is from one call that is struck to the next, and the first. */
  every: number;
  from: number;
  worlds: number;
  /** Of `strikePlans`, and where it plays. */
  planName: string;
  desk: string;
  /** Seconds that a stopped worker really sleeps; left out: they pass at the venue only. */
  sleepSeconds?: number;
  say: Say;
}>;

/** Plans, each struck one call later; whether none found anything, by kind of strike. */
export async function strikes(
  kinds: string,
  { every, from, worlds, planName, desk, sleepSeconds, say }: StrikesByHand,
): Promise<boolean[]> {
  const venue = venueOf(desk);
  const plan = strikePlanNames.find((name) => name === planName);
  if (plan === undefined) throw usage('--plan', strikePlanNames.join(', '), planName);
  const held: boolean[] = [];
  for (const kind of kinds.split(',')) {
    const what = readStrike(`${kind}@1`)?.what;
    if (what === undefined) throw usage('--strikes', 'kill, killDuring, killAfter or stop', kind);
    const startedMs = performance.now();
    const sleep = sleepSeconds === undefined ? 'venue' : sleepSeconds * 1_000;
    const onStrike = ({ strike, call, findings, ms }: StrikeReport, kept: string | undefined) => {
      const where = call ?? 'is after the end of the plan';
      say(`${kind}@${strike.at} ${where}: ${findings.length} findings, ${Math.round(ms / 1000)} s`);
      sayFindings({ findings, kept }, say);
    };
    const reports = await everyStrike({ what, from, every, worlds, sleep, plan, venue, onStrike });
    const findings = reports.flatMap((report) => report.findings);
    const found = (invariant: string) => findings.filter((finding) => finding.invariant === invariant).length;
    say(
      `${kind}: ${reports.length} calls struck, ${found('S1')} doubled, ${found('S6')} limits exceeded, ` +
        `${findings.length} findings in all; ${Math.round((performance.now() - startedMs) / 1000)} s`,
    );
    held.push(reports.length > 0 && findings.length === 0);
  }
  return held;
}

function venueOf(desk: string): ChaosVenue {
  const venue = chaosVenue(desk);
  if (venue === undefined) throw usage('--venue', chaosVenueNames.join(', '), desk);
  return venue;
}

const usage = (path: string, expected: string, found: string) =>
  new DeskError('Usage', 'not one of its values', { path, expected, found });

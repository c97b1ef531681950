import { type EpisodeOptions, runEpisode } from './episode.ts';
import type { Finding } from './judge.ts';
import { type PlantedBug, plantedBugs } from './planted.ts';
import type { FaultName, ScheduledFault } from './schedule.ts';
import { openStrikeStage, strikePlan } from './strikes.ts';

/** What brings a bug to light, and the invariant that has to see it. */
type Provocation = Readonly<{
  /** Faults one after the other, again and again through the episode. */
  faults: readonly Pick<ScheduledFault, 'kind' | 'target' | 'ms'>[];
  everyMs: number;
  seenBy: readonly string[];
  more?: Partial<Pick<EpisodeOptions, 'exchange' | 'readLagMs' | 'faultsMs'>>;
}>;

const at = (kind: FaultName, target = 'exchange', ms = 0) => ({ kind, target, ms });

const provocations: Readonly<Record<Exclude<PlantedBug, 'everybodySends'>, Provocation>> = {
  resendOnTimeout: { faults: [at('accept-then-5xx'), at('accept-then-reset')], everyMs: 700, seenBy: ['S1'] },
  rejectedOn5xx: { faults: [at('accept-then-5xx')], everyMs: 700, seenBy: ['E3'] },
  noTradeIdDedupe: { faults: [], everyMs: 1_000, seenBy: ['E4'] },
  // Long enough unseen to be given up by who does not wait for the settle time.
  wallClockDeadline: {
    faults: [at('accept-then-5xx')],
    everyMs: 900,
    seenBy: ['S1', 'E3'],
    more: { exchange: { readLagMs: 5_500 }, readLagMs: 6_000 },
  },
  reservationReleasedEarly: { faults: [], everyMs: 1_000, seenBy: ['S6'] },
  haltIgnored: { faults: [], everyMs: 1_000, seenBy: ['S7'] },
  reducingIgnored: { faults: [], everyMs: 1_000, seenBy: ['S7'], more: { faultsMs: 40_000 } },
  keyInErrorText: { faults: [at('http')], everyMs: 700, seenBy: ['E12'] },
  idReadInChild: { faults: [at('resetParent', 'newest')], everyMs: 1_300, seenBy: ['S1'] },
};

export type PlantedReport = Readonly<{
  bug: PlantedBug;
  rule: string;
  seed: number;
  /** The invariants that were found broken, of those that had to be. */
  seenBy: readonly string[];
  caught: boolean;
  findings: readonly Finding[];
}>;

const faultsMs = 15_000;

/** One episode with a bug in it and the faults that provoke it. */
export async function runPlanted(bug: PlantedBug, seed: number): Promise<PlantedReport> {
  if (bug === 'everybodySends') return reportOf(bug, { seed, seenBy: ['S1'], findings: await struckFindings(seed) });
  const { faults, everyMs, seenBy, more } = provocations[bug];
  const count = faults.length === 0 ? 0 : Math.floor(faultsMs / everyMs);
  const schedule = Array.from({ length: count }, (_, index): ScheduledFault => {
    const { kind, target, ms } = faults[index % faults.length] ?? at('reset-before');
    return { seed, at: index * everyMs, kind, target, ms };
  });
  const { findings } = await runEpisode({ seed, faultsMs, schedule, planted: bug, ...more });
  return reportOf(bug, { seed, seenBy, findings });
}

function reportOf(
  bug: PlantedBug,
  { seed, seenBy, findings }: Readonly<{ seed: number; seenBy: readonly string[]; findings: readonly Finding[] }>,
): PlantedReport {
  const found = seenBy.filter((name) => findings.some(({ invariant }) => invariant === name));
  return { bug, rule: plantedBugs[bug], seed, seenBy: found, caught: found.length > 0, findings };
}

/** The worker dies with the answer in its hand, and whoever takes over sends within the window. */
async function struckFindings(seed: number): Promise<Finding[]> {
  const on = await openStrikeStage({ seed }, 'everybodySends');
  try {
    const findings: Finding[] = [];
    for (let plan = 1; plan <= 6 && findings.length === 0; plan += 1) {
      const strike = { what: 'killAfter', at: 'exchange.createOrder' } as const;
      findings.push(...(await strikePlan(on, strike, { planId: `struck-${plan}`, both: true })).findings);
    }
    return findings;
  } finally {
    await on.stage.close();
  }
}

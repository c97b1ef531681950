import { readArtifact } from '../../adapters/store/artifacts.ts';
import type { RunRecord, Store, StoredVerdict } from '../../core/ports/store.ts';
import { ladderRunIds } from '../../core/validation/ladder-id.ts';
import type { StrategyOutcome } from '../../core/validation/run.ts';
import { tiers } from '../../core/validation/verdict.ts';
import type { TierReport } from './model.ts';

/** What a run knows of one strategy. */
export type Judged = Readonly<{ run: RunRecord; verdict?: StoredVerdict; outcome?: StrategyOutcome }>;

/** The runs that climbed a ladder together with this one, lowest tier first; the run alone where it climbed none. */
export async function ladderOf(store: Store, run: RunRecord): Promise<readonly [RunRecord, ...RunRecord[]]> {
  const found = await Promise.all(ladderRunIds(run.runId).map((runId) => store.run(runId)));
  const rungs = found.flatMap((each) => each ?? []).toSorted((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier));
  const [first = run, ...rest] = rungs;
  return [first, ...rest];
}

/** By strategy: what each run of the ladder knows of it, lowest tier first. */
export async function judgedBy(store: Store, ladder: readonly RunRecord[]): Promise<Map<string, Judged[]>> {
  const judged = new Map<string, Judged[]>();
  for (const run of ladder) {
    const verdicts = new Map((await store.verdicts(run.runId)).map((stored) => [stored.verdict.strategyId, stored]));
    const outcomes = new Map((await store.outcomes(run.runId)).map((outcome) => [outcome.strategyId, outcome]));
    for (const strategyId of new Set([...verdicts.keys(), ...outcomes.keys()])) {
      const verdict = verdicts.get(strategyId);
      const outcome = outcomes.get(strategyId);
      const known = judged.get(strategyId) ?? [];
      judged.set(strategyId, [...known, { run, ...(verdict && { verdict }), ...(outcome && { outcome }) }]);
    }
  }
  return judged;
}

/** The lower tiers of a strategy with what they left behind. */
export const earlierTiers = (strategyId: string, below: readonly Judged[]): readonly TierReport[] =>
  below.flatMap(({ run, verdict: stored }) => {
    if (stored === undefined) return [];
    const { runId, tier } = run;
    const details = readArtifact({ runId, strategyId, tier })?.details;
    return [{ runId, verdict: stored.verdict, seconds: stored.seconds, ...(details && { details }) }];
  });

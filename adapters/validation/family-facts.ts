import { dayMs, timeframeMs } from '../../core/market/timeframe.ts';
import type { LoadedMarket } from '../../core/ports/market-data.ts';
import type { TrialEvidence, TrialSample } from '../../core/ports/trial-ledger.ts';
import type { FamilyHistory } from '../../core/validation/family-history.ts';
import type { PointTable } from '../../core/validation/point-table.ts';
import { holdoutOf } from '../../core/validation/holdout.ts';
import type { TierInput, TierResult } from '../../core/validation/validate-tier.ts';
import { holdoutFromMs } from '../../core/validation/windows.ts';
import { latestDays, looksAt, lowestRanks, rankOf, sampleOf } from '../trial-ledger/evidence.ts';

/** What the trial ledger says of a strategy's family: `tier` for its tier, `warnings` for every verdict. */
export type FamilyFacts = Readonly<{
  tier: Pick<TierInput, 'otherTrials' | 'unseenFromMs' | 'holdoutSeen'>;
  warnings: readonly string[];
}>;

export function familyFacts(
  { openedBy, otherEffectiveTrials, seen }: FamilyHistory,
  universe: readonly string[],
  [{ bars }]: readonly LoadedMarket[],
): FamilyFacts {
  const endMs = (bars.timeMs.at(-1) ?? 0) + timeframeMs[bars.timeframe];
  const holdout = holdoutOf({ symbols: universe, sealedFromMs: holdoutFromMs(bars), endMs, seen });
  const opened = openedBy === undefined ? undefined : `run ${openedBy} has the holdout of this family open`;
  const holdoutSeen = holdout.state === 'seen' ? holdout.note : opened;
  return {
    tier: {
      otherTrials: otherEffectiveTrials,
      ...(holdout.state === 'partlySeen' && { unseenFromMs: holdout.fromMs }),
      ...(holdoutSeen !== undefined && { holdoutSeen }),
    },
    warnings: holdout.note === '' ? [] : [holdout.note],
  };
}

/**
 * What a validation's runs leave in the ledger: of a sweep the daily returns of the points with the lowest ranks, else
 * those of the run that decided.
 */
export function evidenceOf({ verdict, outcome }: TierResult): TrialEvidence {
  const { result, table, used } = outcome;
  const key = `validate ${verdict.tier} ${verdict.strategyHash} ${verdict.dataHash}`;
  if (table !== undefined) return { looks: looksAt(used), samples: tableSamples(key, table) };
  return { looks: looksAt(used), samples: result === undefined ? [] : sampleOf(rankOf(key), result) };
}

const tableSamples = (key: string, table: PointTable): readonly TrialSample[] =>
  lowestRanks(key, table.count).map(({ rank, point }) =>
    latestDays({ rank, firstDay: table.firstDayMs / dayMs, returns: table.returns(point) }),
  );

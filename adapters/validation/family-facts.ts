import { dayMs, timeframeMs } from '../../core/market/timeframe.ts';
import type { LoadedMarket } from '../../core/ports/market-data.ts';
import type { OpenedElsewhere, TrialEvidence, TrialSample } from '../../core/ports/trial-ledger.ts';
import type { FamilyHistory } from '../../core/validation/family-history.ts';
import type { PointTable } from '../../core/validation/point-table.ts';
import { holdoutOf, marketOf } from '../../core/validation/holdout.ts';
import type { TierOutcome } from '../../core/validation/tiers/tier-rule.ts';
import type { TierInput, TierResult } from '../../core/validation/validate-tier.ts';
import { holdoutFromMs } from '../../core/validation/windows.ts';
import { latestDays, looksAt, lowestRanks, rankOf, sampleOf } from '../trial-ledger/evidence.ts';

/** What the trial ledger says of a strategy's family: `tier` for its tier, `warnings` for every verdict. */
export type FamilyFacts = Readonly<{
  tier: Pick<TierInput, 'openedTwins' | 'otherTrials' | 'sharpeVariance' | 'unseenFromMs' | 'holdoutSeen'>;
  warnings: readonly string[];
}>;

export function familyFacts(
  { openedBy, otherEffectiveTrials, sharpeVariance, seen }: FamilyHistory,
  universe: readonly string[],
  [{ bars }]: readonly Pick<LoadedMarket, 'bars'>[],
  elsewhere: readonly OpenedElsewhere[] = [],
): FamilyFacts {
  const endMs = (bars.timeMs.at(-1) ?? 0) + timeframeMs[bars.timeframe];
  const sealed = { symbols: universe, sealedFromMs: holdoutFromMs(bars), endMs };
  const holdout = holdoutOf({ ...sealed, seen });
  const openedTwins = elsewhere.flatMap(({ seen: theirs, ...twin }) => {
    const { note: refusal } = holdoutOf({ ...sealed, seen: theirs });
    return refusal === '' ? [] : [{ ...twin, refusal }];
  });
  const opened = openedBy === undefined ? undefined : `run ${openedBy} has the holdout of this family open`;
  const holdoutSeen = holdout.state === 'seen' ? holdout.note : opened;
  return {
    tier: {
      ...(openedTwins.length > 0 && { openedTwins }),
      otherTrials: otherEffectiveTrials,
      ...(sharpeVariance !== undefined && { sharpeVariance }),
      ...(holdout.state === 'partlySeen' && { unseenFromMs: holdout.fromMs }),
      ...(holdoutSeen !== undefined && { holdoutSeen }),
    },
    warnings: [...(holdout.note === '' ? [] : [holdout.note]), ...seenElsewhere(universe, holdoutFromMs(bars), seen)],
  };
}

/** Another market's holdout was the same days: what was learnt of them there is known here, too. */
function seenElsewhere(
  universe: readonly string[],
  sealedFromMs: number,
  seen: FamilyHistory['seen'],
): readonly string[] {
  const own = new Set(universe.map(marketOf));
  const others = seen.filter(({ market, toMs }) => !own.has(market) && toMs > sealedFromMs);
  if (others.length === 0) return [];
  const markets = [...new Set(others.map(({ market }) => market))].slice(0, 5).join(', ');
  const until = new Date(Math.max(...others.map(({ toMs }) => toMs))).toISOString().slice(0, 10);
  return [
    `results of this family were seen in ${markets} up to ${until}: other markets, the same days as this holdout`,
  ];
}

/**
 * What a validation's runs leave in the ledger: of a sweep the daily returns of the points with the lowest ranks, else
 * those of the run that decided.
 */
export function evidenceOf({ verdict, outcome }: TierResult): TrialEvidence {
  const { result, table, used, details } = outcome;
  const key = `validate ${verdict.tier} ${verdict.strategyHash} ${verdict.dataHash}`;
  const independent = details?.sweep?.independentTrials;
  if (table !== undefined) {
    const samples = tableSamples(key, table);
    return {
      looks: looksAt(used),
      samples,
      ...(independent !== undefined && { independent }),
      ...openedEvidence(outcome),
    };
  }
  return { looks: looksAt(used), samples: result === undefined ? [] : sampleOf(rankOf(key), result) };
}

/** By what a strategy that has opened its holdout is known again, and as what this one was. */
function openedEvidence({ table, details, sameAs }: TierOutcome): Pick<TrialEvidence, 'opened' | 'sameAs'> {
  const isOpen = details?.holdout !== undefined && details.holdout.sealed === undefined;
  const opened = isOpen && table && { firstDay: Math.floor(table.firstDayMs / dayMs), returns: table.returns(0) };
  return { ...(opened && { opened }), ...(sameAs !== undefined && { sameAs }) };
}

const tableSamples = (key: string, table: PointTable): readonly TrialSample[] =>
  lowestRanks(key, table.count).map(({ rank, point }) =>
    latestDays({ rank, firstDay: table.firstDayMs / dayMs, returns: table.returns(point) }),
  );

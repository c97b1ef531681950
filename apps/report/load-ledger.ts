import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { DeskError } from '../../core/errors.ts';
import { timeframeMs } from '../../core/market/timeframe.ts';
import type { Store } from '../../core/ports/store.ts';
import type { FamilyLedger } from '../../core/ports/trial-ledger.ts';
import type { ValidationArtifact } from '../../core/validation/artifact.ts';
import { holdoutOf } from '../../core/validation/holdout.ts';
import { type LedgerReport, reportLimits } from './model.ts';

/** What the ledger knows of a strategy's family at this moment; undefined where nothing was counted. */
export async function ledgerOf(
  store: Store,
  strategyId: string,
  artifact: ValidationArtifact | undefined,
): Promise<LedgerReport | undefined> {
  const family = await store.family({ strategyId }, reportLimits.ledgerEntries);
  if (family === undefined) return undefined;
  const { trials, effectiveTrials, meanCorrelation, sampledTrials, byFace, seen, entries } = family;
  const people = new Map<string, number>();
  for (const {
    by: [first = 'nobody'],
    count,
  } of entries)
    people.set(first, (people.get(first) ?? 0) + count);
  const holdout = artifact === undefined ? undefined : await holdoutNow(artifact, family);
  return {
    members: membersOf(family),
    trials,
    effectiveTrials,
    meanCorrelation,
    sampledTrials,
    byFace,
    byPerson: [...people].map(([by, own]) => ({ by, trials: own })).toSorted((a, b) => b.trials - a.trials),
    counted: entries.reduce((sum, { count }) => sum + count, 0),
    seen,
    ...(holdout && { holdout }),
  };
}

function membersOf({ members }: FamilyLedger): LedgerReport['members'] {
  const byId = new Map<string, LedgerReport['members'][number]>();
  for (const { strategyId, name } of members) {
    byId.set(strategyId, { strategyId, name, edits: (byId.get(strategyId)?.edits ?? 0) + 1 });
  }
  return [...byId.values()];
}

/** The holdout of the bars that the run had, as the family's looks leave it; undefined where the bars are gone. */
async function holdoutNow(
  { symbols, timeframe, data }: ValidationArtifact,
  { seen }: FamilyLedger,
): Promise<LedgerReport['holdout']> {
  try {
    const { markets, holdoutFromMs: sealedFromMs } = await loadMarkets({
      ...data,
      universe: symbols.slice(0, 1),
      timeframe,
      allowGaps: true,
    });
    const endMs = (markets[0].bars.timeMs.at(-1) ?? 0) + timeframeMs[timeframe];
    return { ...holdoutOf({ symbols, sealedFromMs, endMs, seen }), sealedFromMs };
  } catch (thrown) {
    if (thrown instanceof DeskError) return undefined;
    throw thrown;
  }
}

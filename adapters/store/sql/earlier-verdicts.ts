import type { StoredVerdict, ValidationKey } from '../../../core/ports/store.ts';
import { type QueueStatus, reachedBefore, statusAfter } from '../../../core/validation/queue.ts';
import { type Tier, tiers } from '../../../core/validation/verdict.ts';
import type { Transaction } from './database.ts';
import { storedVerdict } from './rows.ts';

/** Verdicts that are looked back at; nobody validates one file so often without changing it. */
const mostVerdicts = 200;

/** What other runs said of a strategy of this very meaning, the newest first. */
export async function earlierVerdicts(
  { rows }: Transaction,
  { runId, strategyId }: ValidationKey,
  strategyHash: string,
): Promise<readonly StoredVerdict[]> {
  const found = await rows(
    'SELECT * FROM verdicts WHERE strategy_id = ? AND run_id <> ? ORDER BY stored_ms DESC, run_id DESC LIMIT ?',
    strategyId,
    runId,
    mostVerdicts,
  );
  return found.map(storedVerdict).filter(({ verdict }) => verdict.strategyHash === strategyHash);
}

/** The tiers that this very strategy has passed, in the order of the ladder. */
export const passedTiers = (earlier: readonly StoredVerdict[]): readonly Tier[] =>
  tiers.filter((tier) => earlier.some(({ verdict }) => verdict.tier === tier && verdict.status === 'PASS'));

/**
 * Where a strategy stands that was looked at again at a tier which it had left behind: where it stood. Undefined when the
 * new verdict is about something that no verdict was about before.
 */
export function standingStatus(
  earlier: readonly StoredVerdict[],
  tier: Tier,
  before: unknown,
): Readonly<{ status: QueueStatus; reason: string }> | undefined {
  const [last] = earlier.filter(({ verdict }) => reachedBefore(verdict, tier)).toSorted(byTier);
  if (last === undefined) return undefined;
  const isResting = typeof before === 'string' && !before.endsWith('_VALIDATING');
  return {
    status: isResting ? (before as QueueStatus) : (statusAfter(last.verdict, false) ?? `${last.verdict.tier}_FAILED`),
    reason: last.verdict.failures.map(({ message }) => message).join('; '),
  };
}

/** The highest tier first; of one tier the newest, as they came. */
const byTier = (a: StoredVerdict, b: StoredVerdict): number =>
  tiers.indexOf(b.verdict.tier) - tiers.indexOf(a.verdict.tier);

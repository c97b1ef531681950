import { hashColumns } from '../../adapters/hashing.ts';
import { evidenceOf, familyFacts } from '../../adapters/validation/family-facts.ts';
import { usualThresholds } from '../../config/validation-gates.ts';
import type { Bars } from '../../core/market/bars.ts';
import { statusAfter } from '../../core/validation/queue.ts';
import type { GateThresholds } from '../../core/validation/thresholds.ts';
import { validateTier } from '../../core/validation/validate-tier.ts';
import { tiers, type Tier, type Verdict } from '../../core/validation/verdict.ts';
import type { Member } from './family.ts';
import type { Idea } from './idea.ts';

/** The desk's own numbers; Monte-Carlo runs are left out, since they decide nothing and take most of the time. */
const thresholds: GateThresholds = { ...usualThresholds, L2: { ...usualThresholds.L2, monteCarloRuns: 0 } };

const codeVersion = 'bench';

/** Times decide nothing: the ledger orders trials by them. */
const atMs = 0;

/** The tiers that a strategy was judged at, and the rows that it failed at the last of them. */
export type Climb = Readonly<{ reached: Tier; passed: boolean; failed: readonly string[] }>;

/**
 * Takes a strategy through the ladder until it fails, by the functions that `nightdesk validate` runs: each tier gets from
 * the store what its family has tried and seen, and leaves there what it tried, saw and opened.
 */
export async function climb(idea: Idea, bars: Bars, member: Member): Promise<Climb> {
  await member.store.registerStrategies([member.record], atMs);
  let reached: Tier = 'L0';
  for (const tier of tiers) {
    reached = tier;
    const { status, gates } = await validate({ idea, bars, member, tier });
    if (status === 'PASS') continue;
    const failed = gates.filter(({ passed }) => !passed).map(({ name }) => name);
    return { reached, passed: false, failed: failed.length > 0 ? failed : ['marginals'] };
  }
  return { reached, passed: true, failed: [] };
}

type Step = Readonly<{ idea: Idea; bars: Bars; member: Member; tier: Tier }>;

/** A run of one strategy at one tier, from its beginning in the store to its verdict there. */
async function validate({ idea, bars, member: { store, record }, tier }: Step): Promise<Verdict> {
  const { strategyId, strategyHash } = record;
  const key = { runId: `${strategyId} ${tier}`, strategyId, tier };
  const workflow = { workflowId: key.runId, executionId: key.runId, askedBy: 'bench' };
  await store.beginRun({ ...key, ...workflow, codeVersion, startedMs: atMs, strategies: [record] });
  const { history, trialsBefore, openedElsewhere } = await store.beginValidation(key, atMs);
  const markets = [{ bars }];
  const judged = validateTier({
    strategyId,
    tier,
    strategyHash,
    codeVersion,
    trialsBefore,
    markets,
    ...familyFacts(history, [bars.symbol], markets, openedElsewhere).tier,
    thresholds,
    allowGaps: false,
    strategy: idea.compiled,
    options: idea.options,
    hashMarkets: hashColumns,
  });
  const { verdict } = judged;
  const queueStatus = statusAfter(verdict, false);
  await store.recordVerdict({
    key,
    verdict,
    seconds: 0,
    timeouts: 0,
    ...(queueStatus && { queueStatus }),
    reason: '',
    atMs,
    evidence: evidenceOf(judged),
  });
  return verdict;
}

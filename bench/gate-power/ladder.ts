import { usualThresholds } from '../../config/validation-gates.ts';
import type { Bars } from '../../core/market/bars.ts';
import type { GateThresholds } from '../../core/validation/thresholds.ts';
import { validateTier } from '../../core/validation/validate-tier.ts';
import { tiers, type Tier } from '../../core/validation/verdict.ts';
import type { Idea } from './idea.ts';

/** The desk's own numbers; Monte-Carlo runs are left out, since they decide nothing and take most of the time. */
const thresholds: GateThresholds = { ...usualThresholds, L2: { ...usualThresholds.L2, monteCarloRuns: 0 } };

/** The tiers that a strategy was judged at, and the rows that it failed at the last of them. */
export type Climb = Readonly<{ reached: Tier; passed: boolean; failed: readonly string[] }>;

/** Takes a strategy through the ladder until it fails, by the functions that `nightdesk validate` runs. */
export function climb({ compiled, hash, options }: Idea, bars: Bars, otherTrials: number): Climb {
  let reached: Tier = 'L0';
  for (const tier of tiers) {
    reached = tier;
    const { verdict } = validateTier({
      strategyId: compiled.strategy.id,
      tier,
      // Every strategy draws its own random numbers, as strategies with other files do.
      strategyHash: hash,
      codeVersion: 'bench',
      trialsBefore: otherTrials,
      otherTrials,
      markets: [{ bars }],
      thresholds,
      allowGaps: false,
      strategy: compiled,
      options,
      hashMarkets: () => '',
    });
    if (verdict.status === 'PASS') continue;
    const failed = verdict.gates.filter(({ passed }) => !passed).map(({ name }) => name);
    return { reached, passed: false, failed: failed.length > 0 ? failed : ['marginals'] };
  }
  return { reached, passed: true, failed: [] };
}

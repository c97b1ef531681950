import { tiers, type Tier } from '../verdict.ts';
import { l0 } from './l0.ts';
import type { TierRule } from './tier-rule.ts';

/** The tiers that can be run. */
export const tierRules: Readonly<Partial<Record<Tier, TierRule>>> = { L0: l0 };

export const runnableTiers: readonly Tier[] = tiers.filter((tier) => tierRules[tier] !== undefined);

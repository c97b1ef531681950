import { tiers, type Tier } from '../verdict.ts';
import { l0 } from './l0.ts';
import { l1 } from './l1.ts';
import { l2 } from './l2.ts';
import { l3 } from './l3.ts';
import type { TierRule } from './tier-rule.ts';

/** The tiers that can be run. */
export const tierRules: Readonly<Partial<Record<Tier, TierRule>>> = { L0: l0, L1: l1, L2: l2, L3: l3 };

export const runnableTiers: readonly Tier[] = tiers.filter((tier) => tierRules[tier] !== undefined);

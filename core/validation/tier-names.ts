import type { Tier } from './verdict.ts';

/**
 * The tiers that can be run, by name alone: what workflows may know of them without reaching their statistics.
 * A test compares it with the table of rules in tiers/index.ts.
 */
export const tierRuleNames: readonly Tier[] = ['L0', 'L1', 'L2', 'L3'];

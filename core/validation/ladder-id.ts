import { type Tier, tiers } from './verdict.ts';

/**
 * Runs that climb a ladder together share a name: the first has it as it is, the later ones end in their tier, as
 * `20261126-023512-9f3a-L2`. So a report of one of them finds the others.
 */
export const ladderRunId = (first: string, tier: Tier, isFirst: boolean): string =>
  isFirst ? first : `${first}-${tier}`;

const suffix = new RegExp(`-(?:${tiers.join('|')})$`);

/** Names of the runs that may belong to one ladder with this run, the first one first. */
export function ladderRunIds(runId: string): readonly string[] {
  const first = runId.replace(suffix, '');
  return [first, ...tiers.map((tier) => ladderRunId(first, tier, false))];
}

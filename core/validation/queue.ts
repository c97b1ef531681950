import { holdoutSeenType, tiers, tiersMissingType, type Tier, type Verdict } from './verdict.ts';

/** Where a strategy stands between the tiers. What waits for L1 is what has passed L0. */
export type QueueStatus = 'QUEUED' | `${Tier}_VALIDATING` | `${Tier}_PASSED` | `${Tier}_FAILED` | 'FIXABLE_FAILURE';

export const queueStatuses: readonly QueueStatus[] = [
  'QUEUED',
  ...tiers.flatMap((tier): QueueStatus[] => [`${tier}_VALIDATING`, `${tier}_PASSED`, `${tier}_FAILED`]),
  'FIXABLE_FAILURE',
];

/** The status that a run gives to what it is validating. */
export const validatingStatus = (tier: Tier): QueueStatus => `${tier}_VALIDATING`;

/** Types that say nothing of the strategy: the desk did not look, or not again. */
const refusals: ReadonlySet<string> = new Set([holdoutSeenType, tiersMissingType]);

/** A refusal, not a judgement: where the strategy stood, it stands. */
export const isRefusal = ({ failures }: Pick<Verdict, 'failures'>): boolean =>
  failures.length > 0 && failures.every(({ errorType }) => refusals.has(errorType));

/**
 * Where a verdict sends its strategy: on, to auto-retry (when every reason can be fixed and that is wanted), or out.
 * Undefined for a refusal, which leaves it where it is.
 */
export function statusAfter({ tier, status, failures }: Verdict, autoRetryFixable: boolean): QueueStatus | undefined {
  if (status === 'PASS') return `${tier}_PASSED`;
  if (isRefusal({ failures })) return undefined;
  const fixable = status === 'FAIL' && failures.length > 0 && failures.every((failure) => failure.fixable);
  return fixable && autoRetryFixable ? 'FIXABLE_FAILURE' : `${tier}_FAILED`;
}

/** Whether this verdict is of a higher tier than the one that is looked at again: then the new one changes nothing. */
export const reachedBefore = (earlier: Verdict, tier: Tier): boolean =>
  !isRefusal(earlier) && tiers.indexOf(earlier.tier) > tiers.indexOf(tier);

/** Whether a strategy with this status waits for the tier: new ones for the first, those that passed for the next. */
export function waitsFor(status: QueueStatus, tier: Tier): boolean {
  const place = tiers.indexOf(tier);
  return place === 0 ? status === 'QUEUED' : status === `${tiers[place - 1]}_PASSED`;
}

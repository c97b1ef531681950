import { tiers, type Tier, type Verdict } from './verdict.ts';

/** Where a strategy stands between the tiers. What waits for L1 is what has passed L0. */
export type QueueStatus = 'QUEUED' | `${Tier}_VALIDATING` | `${Tier}_PASSED` | `${Tier}_FAILED` | 'FIXABLE_FAILURE';

export const queueStatuses: readonly QueueStatus[] = [
  'QUEUED',
  ...tiers.flatMap((tier): QueueStatus[] => [`${tier}_VALIDATING`, `${tier}_PASSED`, `${tier}_FAILED`]),
  'FIXABLE_FAILURE',
];

/** The status that a run gives to what it is validating. */
export const validatingStatus = (tier: Tier): QueueStatus => `${tier}_VALIDATING`;

/** Where a verdict sends its strategy: on, to auto-retry (when every reason can be fixed and that is wanted), or out. */
export function statusAfter({ tier, status, failures }: Verdict, autoRetryFixable: boolean): QueueStatus {
  if (status === 'PASS') return `${tier}_PASSED`;
  const fixable = status === 'FAIL' && failures.length > 0 && failures.every((failure) => failure.fixable);
  return fixable && autoRetryFixable ? 'FIXABLE_FAILURE' : `${tier}_FAILED`;
}

/** Whether a strategy with this status waits for the tier: new ones for the first, those that passed for the next. */
export function waitsFor(status: QueueStatus, tier: Tier): boolean {
  const place = tiers.indexOf(tier);
  return place === 0 ? status === 'QUEUED' : status === `${tiers[place - 1]}_PASSED`;
}

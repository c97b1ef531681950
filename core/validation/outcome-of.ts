import type { StrategyOutcome } from './run.ts';
import type { Verdict } from './verdict.ts';

/** A verdict as small as a workflow may carry it. */
export const outcomeOf = (
  { strategyId, status, failures }: Verdict,
  { seconds, timeouts }: { seconds: number; timeouts: number },
): StrategyOutcome => ({
  strategyId,
  status,
  seconds,
  timeouts,
  fixable: status === 'FAIL' && failures.every(({ fixable }) => fixable),
  reason: reasonText(failures.map(({ message }) => message).join('; ')),
});

/** Longest reason that travels through a workflow; the verdict in the store has all of it. */
const longestReason = 160;

/** A reason as tables and workflows show it. */
export const reasonText = (text: string): string =>
  text.length > longestReason ? `${text.slice(0, longestReason - 1)}…` : text;

import { errorLine } from '../errors.ts';
import type { LearningNote } from '../ports/learnings.ts';
import type { JobResult } from '../ports/validation-compute.ts';
import type { Verdict } from './verdict.ts';

/**
 * What a validation that had no bars teaches: that there are none of that market, so that nobody proposes it again before
 * some have been imported. Undefined when the bars were there.
 */
export function noDataLearning(result: JobResult, { tier, failures }: Verdict): LearningNote | undefined {
  const failure = failures.find(({ errorType }) => errorType === 'data_unavailable');
  if (failure === undefined) return undefined;
  const { universe = [], timeframe = '' } = 'error' in result ? (result.asked ?? {}) : {};
  const message = 'error' in result ? errorLine(result.error) : failure.message;
  // Longest first: BTC/USDT:USDT is not BTC/USDT.
  const market = universe.toSorted((a, b) => b.length - a.length).find((symbol) => message.includes(symbol));
  const subject = market ?? 'the history that is asked';
  return {
    key: ['data_unavailable', 'none', 'rejected', 'none', tier, timeframe, subject].join('|'),
    errorType: 'data_unavailable',
    fixer: 'none',
    outcome: 'rejected',
    change: 'none',
    tier,
    timeframe,
    text: `no data for ${subject}: ${message}`,
  };
}

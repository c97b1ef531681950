import { expect, test } from 'vitest';
import { statusAfter, waitsFor } from '../../../core/validation/queue.ts';
import type { FailureCategory, Verdict } from '../../../core/validation/verdict.ts';

const verdict = (status: Verdict['status'], failures: readonly FailureCategory[] = []) =>
  ({ tier: 'L0', status, failures }) as Verdict;
const fixable = { errorType: 'signal_frequency_low', fixable: true, message: 'few' };
const fatal = { errorType: 'data_unavailable', fixable: false, message: 'none' };

test.each([
  ['a pass', verdict('PASS'), true, 'L0_PASSED'],
  ['a fixable fail', verdict('FAIL', [fixable]), true, 'FIXABLE_FAILURE'],
  ['a fixable fail without auto-retry', verdict('FAIL', [fixable]), false, 'L0_FAILED'],
  ['a fail for two reasons, one of them fatal', verdict('FAIL', [fixable, fatal]), true, 'L0_FAILED'],
  ['a time-out, although its type can be fixed', verdict('TIMEOUT', [fixable]), true, 'L0_FAILED'],
  ['an error', verdict('ERROR', [fixable]), true, 'L0_FAILED'],
])('%s', (_, given, autoRetry, expected) => {
  expect(statusAfter(given, autoRetry)).toBe(expected);
});

test('a refusal sends it nowhere: nobody has looked', () => {
  const seen = { errorType: 'holdout_seen', fixable: false, message: 'seen' };
  expect(statusAfter(verdict('FAIL', [seen]), true)).toBeUndefined();
  expect(statusAfter(verdict('FAIL', [seen, fatal]), true)).toBe('L0_FAILED');
});

test.each([
  ['QUEUED', 'L0', true],
  ['L0_PASSED', 'L0', false],
  ['L0_PASSED', 'L1', true],
  ['FIXABLE_FAILURE', 'L0', false],
  ['L2_PASSED', 'L3', true],
] as const)('%s waits for %s: %s', (status, tier, expected) => {
  expect(waitsFor(status, tier)).toBe(expected);
});

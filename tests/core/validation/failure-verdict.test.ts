import { expect, test } from 'vitest';
import { failureVerdict, missingTiers } from '../../../core/validation/failure-verdict.ts';

const facts = {
  strategyId: 'STR-001',
  tier: 'L0',
  strategyHash: 'ab'.repeat(32),
  codeVersion: 'test',
  trialsBefore: 3,
} as const;

test('code that never fires wants more signals; code that leaks is looked at again', () => {
  const silent = failureVerdict(facts, 'leaks', { code: 'BadInput', message: 'no signal fires', path: 'signals' });
  expect(silent).toMatchObject({
    status: 'FAIL',
    gates: [{ name: 'signals', passed: false }],
    failures: [{ errorType: 'signal_frequency_low', fixable: true }],
    trials: { ownRun: 0, total: 3 },
  });
  const leaking = failureVerdict(facts, 'leaks', { code: 'BadInput', message: 'repaints', path: 'code' });
  expect(leaking).toMatchObject({ status: 'ERROR', gates: [], failures: [{ errorType: 'win_rate_suspicious' }] });
});

test('only the last tier asks for the others', () => {
  expect(missingTiers('L3', ['L1'])).toEqual(['L0', 'L2']);
  expect([missingTiers('L3', ['L0', 'L1', 'L2']), missingTiers('L2', [])]).toEqual([[], []]);
});

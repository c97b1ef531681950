import { describe, expect, test } from 'vitest';
import {
  isSlow,
  median,
  mustEscalate,
  runAlerts,
  runMetrics,
  type StrategyOutcome,
  summarise,
} from '../../../core/validation/run.ts';

const outcome = (strategyId: string, change: Partial<StrategyOutcome> = {}): StrategyOutcome => ({
  strategyId,
  status: 'PASS',
  seconds: 10,
  timeouts: 0,
  fixable: false,
  reason: '',
  ...change,
});

// The skill's second worked case: STR-204 and 206 pass; 205 (8 signals) and 207 (49.8 %) go to auto-retry.
const worked = [
  outcome('STR-204', { seconds: 12 }),
  outcome('STR-205', { status: 'FAIL', fixable: true, seconds: 8 }),
  outcome('STR-206', { seconds: 20 }),
  outcome('STR-207', { status: 'FAIL', fixable: true, seconds: 10 }),
];

describe('summarise', () => {
  test('of the worked case', () => {
    expect(summarise(worked, 22)).toEqual({
      passed: 2,
      failed: 2,
      timedOut: 0,
      errors: 0,
      cancelled: 0,
      skipped: 0,
      fixable: 2,
      wallSeconds: 22,
      sequentialSeconds: 50,
      saved: 28,
    });
  });

  test('of a run without strategies', () => {
    expect(summarise([], 0)).toMatchObject({ passed: 0, sequentialSeconds: 0, saved: 0 });
  });
});

test('runMetrics leaves those out that never ran', () => {
  const outcomes = [...worked, outcome('STR-208', { status: 'SKIPPED', seconds: 0 })];
  expect(runMetrics(outcomes, summarise(outcomes, 22), 99)).toMatchObject({
    runDateMs: 99,
    workersSpawned: 4,
    workersCompleted: 4,
    savedShare: 0.56,
    meanWorkerSeconds: 12.5,
    maxWorkerSeconds: 20,
    minWorkerSeconds: 8,
  });
});

test.each([
  [[], 0],
  [[3], 3],
  [[4, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %f', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test.each([
  ['more than 2 medians', 21, [10, 10, 10], true],
  ['exactly 2 medians', 20, [10, 10, 10], false],
  ['too few to compare with', 100, [10, 10], false],
  ['a cold start of a second', 1.5, [0.1, 0.1, 0.1], false],
] as const)('%s: slow is %s', (_, seconds, done, slow) => {
  expect(isSlow(seconds, done)).toBe(slow);
});

describe('mustEscalate', () => {
  const counts = (PASS: number, FAIL: number, TIMEOUT = 0, ERROR = 0) => ({ PASS, FAIL, TIMEOUT, ERROR });
  test.each([
    ['half failed', counts(2, 2), 0.5, false],
    ['more than half failed', counts(1, 2), 0.5, true],
    ['time-outs and errors count', counts(1, 0, 1, 1), 0.5, true],
    ['nothing was judged', counts(0, 0), 0.5, false],
    ['all failed, a threshold of 1', counts(0, 4), 1, false],
    ['one of four failed, a threshold of 0.2', counts(3, 1), 0.2, true],
  ])('%s', (_, of, threshold, expected) => {
    expect(mustEscalate(of, threshold)).toBe(expected);
  });
});

describe('runAlerts', () => {
  const rules = { tier: 'L0', alertOnOutliers: true, queuedBefore: 4, queuedAfter: 0 } as const;
  const names = (outcomes: readonly StrategyOutcome[], change = {}) =>
    runAlerts(outcomes, summarise(outcomes, 1), { ...rules, ...change }).map(({ name }) => name);

  test('nothing to say of a good run', () => expect(names(worked)).toEqual([]));

  test('a slow worker, unless that is not wanted', () => {
    const outcomes = [...worked, outcome('STR-208', { seconds: 60 })];
    expect(names(outcomes)).toEqual(['slowWorker']);
    expect(names(outcomes, { alertOnOutliers: false })).toEqual([]);
  });

  test('many failures, many time-outs, a growing queue', () => {
    const outcomes = [outcome('A', { status: 'TIMEOUT' }), outcome('B', { status: 'FAIL' }), outcome('C')];
    expect(names(outcomes, { queuedAfter: 5 })).toEqual(['manyFailed', 'manyTimedOut', 'queueGrows']);
  });
});

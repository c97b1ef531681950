import { expect, test } from 'vitest';
import { leastWhole, limitOf } from '../../../../apps/report/change/limits.ts';
import { usualThresholds } from '../../../../config/validation-gates.ts';
import { allGates } from '../../../../core/validation/gates.ts';

test.each([
  ['> 10', { bound: 10, wanted: 10, better: 'more', strict: true }],
  ['abs(winRate - 0.5) >= 0.005', { bound: 0.005, wanted: 0.005, better: 'more', strict: false }],
  ['p < 0.5', { bound: 0.5, wanted: 0.5, better: 'less', strict: true }],
  ['pass >= 1, marginal >= 0.5', { bound: 0.5, wanted: 1, better: 'more', strict: false }],
  ['pass <= 0.3, marginal <= 0.5', { bound: 0.5, wanted: 0.3, better: 'less', strict: false }],
  ['> 0 at 2 x costs', { bound: 0, wanted: 0, better: 'more', strict: true }],
  ['>= 3 of 5', { bound: 3, wanted: 3, better: 'more', strict: false }],
  ['> -1.5e-3', { bound: -0.0015, wanted: -0.0015, better: 'more', strict: true }],
])('%s is read', (threshold, expected) => {
  expect(limitOf(threshold)).toEqual(expected);
});

test('every gate that has a vote has a limit that can be read', () => {
  for (const gate of allGates) {
    expect([gate.name, limitOf(gate.threshold(usualThresholds)) !== undefined]).toEqual([gate.name, !gate.informs]);
  }
});

test('the least whole number that passes', () => {
  const limit = { wanted: 0, better: 'more' } as const;
  expect(leastWhole({ ...limit, bound: 10, strict: true })).toBe(11);
  expect(leastWhole({ ...limit, bound: 10, strict: false })).toBe(10);
  expect(leastWhole({ ...limit, bound: 2.5, strict: true })).toBe(3);
  expect(leastWhole({ ...limit, bound: 2.5, strict: false })).toBe(3);
});

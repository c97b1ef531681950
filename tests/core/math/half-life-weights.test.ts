import { expect, test } from 'vitest';
import { halfLifeWeights } from '../../../core/math/half-life-weights.ts';

test('halfLifeWeights halve every half-life back from the newest, and sum to 1', () => {
  expect([...halfLifeWeights(3, 1)]).toEqual([1 / 7, 2 / 7, 4 / 7]);
  const weights = halfLifeWeights(400, 7.5);
  expect(weights[399] / weights[399 - 15]).toBeCloseTo(4, 12);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 14);
});

test('halfLifeWeights are equal without a half-life, and only the newest counts with a tiny one', () => {
  expect([...halfLifeWeights(4)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect([...halfLifeWeights(3, 1e-4)]).toEqual([0, 0, 1]);
});

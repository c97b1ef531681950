import { expect, test } from 'vitest';
import { stationaryShares } from '../../../core/math/stationary-shares.ts';

test('two states: the shares are as the rates of entering them', () => {
  const shares = stationaryShares([
    [0.9, 0.1],
    [0.3, 0.7],
  ]);
  expect(shares?.[0]).toBeCloseTo(0.75, 14);
  expect(shares?.[1]).toBeCloseTo(0.25, 14);
});

test('shares stay what they are after a step', () => {
  const transition = [
    [0.5, 0.3, 0.1, 0.1],
    [0.1, 0.8, 0.05, 0.05],
    [0, 0.2, 0.7, 0.1],
    [0.25, 0.25, 0.25, 0.25],
  ];
  const shares = stationaryShares(transition) ?? new Float64Array(4);
  transition.forEach((_, j) => {
    const next = transition.reduce((sum, row, i) => sum + shares[i] * row[j], 0);
    expect(next).toBeCloseTo(shares[j], 14);
  });
});

test('worlds that never meet have no single distribution, a trap has one', () => {
  const apart = [
    [1, 0],
    [0, 1],
  ];
  const trap = [
    [0.5, 0.5],
    [0, 1],
  ];
  expect(stationaryShares(apart)).toBeUndefined();
  expect([...(stationaryShares(trap) ?? [])]).toEqual([0, 1]);
});

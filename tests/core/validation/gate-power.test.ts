import { expect, test } from 'vitest';
import { readGatePower } from '../../../apps/gate-power-file.ts';
import { usualThresholds } from '../../../config/validation-gates.ts';
import { measuredWith, worthlessPast } from '../../../core/validation/gate-power.ts';

const power = readGatePower();

test('a row passes those that reach its tier and are not stopped by it', () => {
  const cell = power.cells.find(({ name }) => name === 'Sharpe 0');
  const { of = 0, failedBy = {} } = cell?.tiers.L3 ?? {};
  const found = worthlessPast(power, 'L3', 'bootstrapInterval');
  expect(found).toMatchObject({ of, passed: of - (failedBy['bootstrapInterval'] ?? 0) });
  // Stated are 2.5 %: those that reach L3 are the luckiest of the noise.
  expect(found?.rate).toBeGreaterThan(0.25);
  expect(found?.low).toBeLessThan(found?.rate ?? 0);
});

test('a row about a choice is measured where there was one', () => {
  const near = power.cells.find(({ name }) => name === 'Sharpe 0, 9 points')?.tiers.L2;
  expect(worthlessPast(power, 'L2', 'pbo')?.of).toBe(near?.of);
  expect(worthlessPast({ cells: [] }, 'L2', 'pbo')).toBeUndefined();
});

test('rates are of the thresholds that they were measured with, Monte-Carlo runs aside', () => {
  const other = { ...usualThresholds, L1: { ...usualThresholds.L1, sharpe: 0.75 } };
  const runs = { ...usualThresholds, L2: { ...usualThresholds.L2, monteCarloRuns: 7 } };
  expect([usualThresholds, runs, other].map((now) => measuredWith(power, now))).toEqual([true, true, false]);
});

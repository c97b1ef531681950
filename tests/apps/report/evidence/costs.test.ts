import { expect, test } from 'vitest';
import { breakEvenMultiple } from '../../../../apps/report/evidence/costs.ts';

const at = (...returns: number[]) =>
  returns.map((totalReturn, index) => ({ multiple: index + 1, totalReturn, sharpe: null }));

test('the multiple of the costs at which nothing is left', () => {
  // ln 1.21 = 2 ln 1.1: a tenth is lost with each multiple, so three are borne.
  expect(breakEvenMultiple(at(0.21, 0.1))).toBeCloseTo(3, 12);
  expect(breakEvenMultiple(at(0, -0.1))).toBeCloseTo(1, 12);
});

test('it is not above zero for what loses without costs', () => {
  expect(breakEvenMultiple(at(-0.5, -0.55))).toBeLessThan(0);
});

test('nothing where costs make no difference, or all is lost', () => {
  expect(breakEvenMultiple(at(0, 0))).toBeUndefined();
  expect(breakEvenMultiple(at(0.1, 0.2))).toBeUndefined();
  expect(breakEvenMultiple(at(0.1, -1))).toBeUndefined();
  expect(breakEvenMultiple(at(0.1))).toBeUndefined();
});

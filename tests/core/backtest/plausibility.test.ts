import { expect, it } from 'vitest';
import { plausibilityWarnings } from '../../../core/backtest/plausibility.ts';

it('warns of what is too good', () => {
  expect(plausibilityWarnings({ sharpe: 3, cagr: 2 })).toEqual([]);
  expect(plausibilityWarnings({})).toEqual([]);
  expect(plausibilityWarnings({ sharpe: 12.34, cagr: 10.5 })).toEqual([
    'Sharpe ratio 12.3 is above 10: hardly plausible',
    'CAGR 1050 % is above 1000 %: hardly plausible',
  ]);
});

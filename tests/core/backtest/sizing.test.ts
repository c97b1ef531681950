import { expect, it } from 'vitest';
import { createSizing } from '../../../core/backtest/sizing.ts';
import { flatBars } from './hand-made.ts';

it('volTarget: the wanted volatility over that of the last log returns, at most maxFraction', () => {
  const bars = flatBars(100, 110, 99, 120, 100);
  const sizing = { method: 'volTarget', annualVol: 20, lookback: 3, maxFraction: 2 } as const;
  const fractionAt = createSizing(sizing, bars);
  expect(fractionAt(2, 1)).toBeNaN(); // two returns are there
  const logs = [Math.log(110 / 100), Math.log(99 / 110), Math.log(120 / 99)];
  const mean = logs.reduce((sum, value) => sum + value, 0) / 3;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  expect(fractionAt(3, 1)).toBeCloseTo(20 / (deviation * Math.sqrt(8760)), 12);
  expect(createSizing({ ...sizing, maxFraction: 0.5 }, bars)(3, 1)).toBe(0.5);
});

it('volTarget: no size where nothing moved', () => {
  const sizing = { method: 'volTarget', annualVol: 1, lookback: 2, maxFraction: 2 } as const;
  expect(createSizing(sizing, flatBars(100, 100, 100))(2, 1)).toBeNaN();
});

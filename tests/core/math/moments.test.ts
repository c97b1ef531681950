import { describe, expect, it } from 'vitest';
import { mean, sampleDeviation, sampleKurtosis, sampleSkew, spread } from '../../../core/math/moments.ts';
import { differences } from '../../near.ts';
import { recordedSeries } from '../backtest/metrics/recorded-series.ts';

describe('moments', () => {
  it('of small samples by hand', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(sampleDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 15);
    // pandas 3.0: Series([1, 2, 6]).skew(), Series([1, 2, 6, 10]).kurt() + 3
    expect(sampleSkew([1, 2, 6])).toBeCloseTo(1.457862967321305, 14);
    expect(sampleKurtosis([1, 2, 6, 10])).toBeCloseTo(1.3468659758790569, 14);
  });

  it('have no value where there are too few values', () => {
    expect(mean([])).toBeNaN();
    expect(sampleDeviation([1])).toBeNaN();
    expect(sampleSkew([1, 2])).toBeNaN();
    expect(sampleKurtosis([1, 2, 3])).toBeNaN();
  });

  it('equal pandas on recorded returns', () => {
    const series = recordedSeries.filter(({ returns }) => returns.length === 730);
    const differing = series.flatMap(({ name, returns, plainFormula }) => [
      ...differences(`${name} skew`, sampleSkew(returns), plainFormula['skew adjusted (as pandas)']),
      ...differences(
        `${name} kurtosis`,
        sampleKurtosis(returns) - 3,
        plainFormula['kurtosis excess adjusted (as pandas)'],
      ),
    ]);
    expect(differing).toEqual([]);
  });

  it('spread is the distance from the least to the largest', () => {
    expect(spread([3, -1, 2])).toBe(4);
    expect(spread([0.1, 0.1])).toBe(0);
    expect(spread([])).toBe(-Infinity);
  });
});

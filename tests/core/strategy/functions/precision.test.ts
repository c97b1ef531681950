import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callOf, runBatch, valuesOf } from './run.ts';

/** Numbers in 0..1 from a seed: the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function noiseOn(level: number, bars: number): { noise: Float64Array; values: Float64Array } {
  const next = seeded(7);
  // Multiples of 2^-20 are exact on a level of 1e9, so both series hold the same noise to the last bit.
  const noise = Float64Array.from({ length: bars }, () => Math.round(next() * 2 ** 20) / 2 ** 20);
  return { noise, values: noise.map((value) => value + level) };
}

const largestError = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, t) => Math.max(most, Number.isNaN(value) ? 0 : Math.abs(value - (b[t] ?? NaN))), 0);

describe('noise of 1 on a level of 1e9', () => {
  const { noise, values } = noiseOn(1e9, 5000);
  const other = noiseOn(0, 5000).noise.toReversed();

  for (const [name, w] of [
    ['stddev', 50],
    ['zscore', 50],
    ['slope', 50],
  ] as const) {
    test(`${name} sees what it sees without the level`, () => {
      const plain = valuesOf(callOf(name, [w], { series: [noise] }));
      const lifted = valuesOf(callOf(name, [w], { series: [values] }));
      expect(lifted.filter(Number.isNaN).length).toBe(w - 1);
      expect(largestError(plain, lifted)).toBeLessThan(1e-12);
    });
  }

  for (const name of ['correlation', 'beta']) {
    test(`${name} sees what it sees without the level`, () => {
      const plain = valuesOf(callOf(name, [50], { series: [noise, other] }));
      const lifted = valuesOf(callOf(name, [50], { series: [values, other.map((value) => value + 1e9)] }));
      expect(lifted.filter(Number.isNaN).length).toBe(49);
      expect(largestError(plain, lifted)).toBeLessThan(1e-11);
    });
  }

  test('cci sees what it sees without the level', () => {
    const market = (close: Float64Array) => ({ open: close, high: close, low: close, close, volume: close });
    // The third of three equal multiples of 3 is exact on either level.
    const thirds = noise.map((value) => value * 3);
    const plain = valuesOf(callOf('cci', [50], { columns: market(thirds) }));
    const lifted = valuesOf(callOf('cci', [50], { columns: market(thirds.map((value) => value + 3 * 2 ** 28)) }));
    expect(largestError(plain, lifted)).toBeLessThan(1e-10);
  });
});

describe('nothing drifts', () => {
  const bars = 200_000;
  const next = seeded(3);
  const values = Float64Array.from({ length: bars }, () => next() * 10 ** Math.round(next() * 12 - 3));

  for (const name of ['sum', 'sma', 'wma', 'stddev', 'zscore', 'slope']) {
    test(`${name} of the last of 200,000 values is that of the window alone`, () => {
      const window = 100;
      const whole = valuesOf(callOf(name, [window], { series: [values] }));
      const alone = valuesOf(callOf(name, [window], { series: [values.slice(-window)] }));
      const expected = alone[window - 1] ?? NaN;
      expect(Math.abs((whole[bars - 1] ?? NaN) - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected) * window);
    });
  }
});

describe('a huge value leaves no trace once it has left the window', () => {
  const w = 7;
  const calm = Float64Array.from({ length: 60 }, (_, t) => 100 + Math.sin(t));
  const struck = calm.slice().fill(1e300, 20, 21);

  for (const name of ['sum', 'sma', 'wma', 'stddev', 'zscore', 'slope', 'highest', 'median', 'percentRank']) {
    test(`of ${name}`, () => {
      const before = valuesOf(callOf(name, [w], { series: [calm] }));
      const after = valuesOf(callOf(name, [w], { series: [struck] }));
      expect(after.slice(20 + w)).toEqual(before.slice(20 + w));
      expect(after.slice(0, 20)).toEqual(before.slice(0, 20));
    });
  }

  test('sums that overflow are missing, and come back', () => {
    const twice = calm.slice().fill(1.5e308, 20, 22);
    const sums = valuesOf(callOf('sum', [w], { series: [twice] }));
    expect(sums.slice(21, 21 + w - 1).every(Number.isNaN)).toBe(true);
    expect(sums.slice(21 + w)).toEqual(valuesOf(callOf('sum', [w], { series: [calm] })).slice(21 + w));
  });
});

describe('a market that stands still', () => {
  const price = fc.double({ min: 1e-8, max: 1e8, noNaN: true, noDefaultInfinity: true });
  const window = fc.integer({ min: 1, max: 40 });

  test('has exactly its price as every mean, and no spread, slope or rank but the highest', () => {
    fc.assert(
      fc.property(price, window, (value, w) => {
        const series = [new Float64Array(100).fill(value)];
        const last = (name: string, constants: readonly number[]) =>
          runBatch(callOf(name, constants, { series })).map((output) => output[99]);
        for (const name of ['sma', 'wma', 'median', 'highest', 'lowest']) expect(last(name, [w])).toEqual([value]);
        expect(last('bbands', [w, 2])).toEqual([value, value, value]);
        expect(last('stddev', [w])).toEqual([0]);
        expect(last('zscore', [w])).toEqual([NaN]);
        expect(last('percentRank', [w])).toEqual([1]);
        expect(last('slope', [w + 1])).toEqual([0]);
      }),
    );
  });

  test('crosses no mean with another', () => {
    fc.assert(
      fc.property(price, window, window, (value, fast, slow) => {
        const series = [Float64Array.from({ length: 200 }, (_, t) => (t < 60 ? value * (1 + t / 50) : value))];
        const means = [fast, slow].map((w) => valuesOf(callOf('sma', [w], { series })));
        const crossings = ['crossover', 'crossunder'].map((name) => valuesOf(callOf(name, [], { series: means })));
        for (const crossing of crossings) expect(crossing.slice(101).every((crosses) => crosses === 0)).toBe(true);
      }),
    );
  });
});

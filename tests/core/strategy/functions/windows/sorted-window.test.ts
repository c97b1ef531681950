import { expect, test } from 'vitest';
import { rollingMeanDeviation } from '../../../../../core/strategy/functions/windows/rolling-mean-deviation.ts';
import { sortedWindow } from '../../../../../core/strategy/functions/windows/sorted-window.ts';

/** Larger windows than the properties of the functions try: several levels of links, every kind of order, many ties. */
const shapes: Readonly<Record<string, (bar: number) => number>> = {
  rising: (bar) => bar,
  falling: (bar) => -bar,
  'a saw of 7 values': (bar) => bar % 7,
  'all equal': () => 0.1,
  'two values': (bar) => Number((bar * bar) % 3 === 0),
  scattered: (bar) => (Math.imul(bar + 1, 0x9e3779b1) >>> 0) / 2 ** 32,
  'scattered with ties': (bar) => (Math.imul(bar + 1, 0x85ebca6b) >>> 0) % 100,
};
const window = 777;
const bars = 3 * window + 50;

test.each(Object.entries(shapes))('%s: ranks and quantiles are those of the sorted values', (_, valueAt) => {
  const sorted = sortedWindow(window);
  const values: number[] = [];
  for (let bar = 0; bar < bars; bar += 1) {
    const value = valueAt(bar);
    values.push(value);
    const rank = sorted.push(value);
    expect(Number.isNaN(rank)).toBe(bar < window - 1);
    if (bar < window - 1 || bar % 97 !== 0) continue;
    const plain = values.slice(-window).toSorted((a, b) => a - b);
    expect(rank).toBe(plain.filter((other) => other <= value).length);
    expect(sorted.quantile(0)).toBe(plain[0]);
    expect(sorted.quantile(0.5)).toBe(plain[(window - 1) / 2]);
    expect(sorted.quantile(1)).toBe(plain.at(-1));
  }
});

test.each(Object.entries(shapes))('%s: the mean deviation is that of the window', (_, valueAt) => {
  const spread = rollingMeanDeviation(window);
  const values: number[] = [];
  for (let bar = 0; bar < bars; bar += 1) {
    values.push(valueAt(bar));
    expect(spread.push(valueAt(bar))).toBe(bar >= window - 1);
    if (bar < window - 1 || bar % 97 !== 0) continue;
    const last = values.slice(-window);
    const mean = last.reduce((sum, value) => sum + value, 0) / window;
    const distances = last.map((value) => Math.abs(value - mean));
    expect(spread.meanDeviation()).toBeCloseTo(distances.reduce((sum, distance) => sum + distance, 0) / window, 9);
    expect(spread.deviation()).toBeCloseTo(valueAt(bar) - mean, 9);
  }
});

test('a missing value or an infinity empties the window', () => {
  for (const hole of [NaN, Infinity, -Infinity]) {
    const sorted = sortedWindow(3);
    const ranks = [3, 1, 2, hole, 5, 4, 9, 9].map(sorted.push);
    expect(ranks).toEqual([NaN, NaN, 2, NaN, NaN, NaN, 3, 3]);
  }
});

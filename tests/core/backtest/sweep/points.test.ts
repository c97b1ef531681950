import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../../adapters/strategy-files/parse-expression.ts';
import { type Grid, listPoints, mostPoints } from '../../../../core/backtest/sweep/points.ts';
import { compileStrategy } from '../../../../core/strategy/compile.ts';
import type { Strategy } from '../../../../core/strategy/strategy.ts';

const parameter = (name: string) => ({ name, default: 10, min: 1, max: 100, step: 1, integer: false });

const strategy: Strategy = {
  id: 'STR-900',
  name: 'points',
  hypothesis: 'A test.',
  lineage: { source: 'manual' },
  universe: ['A'],
  timeframe: '1h',
  parameters: [parameter('fast'), parameter('slow'), parameter('stop')],
  constraints: [parseTree('fast < slow')],
  features: [{ name: 'mean', expression: parseTree('sma(close, fast / 2)') }],
  plugins: [],
  signals: { enterLong: parseTree('mean > sma(close, slow)') },
  exits: { stopLoss: parseTree('stop / 100') },
  sizing: { method: 'fraction', fraction: parseTree('1') },
  costs: { feeBps: 10, slippageBps: 0 },
};

const list = (grid: Grid, set = {}) =>
  listPoints(compileStrategy(strategy), grid, { set, allocate: (length) => new Float64Array(length) });

test('the last parameter changes fastest, points that break a constraint are left out and counted', () => {
  const points = list([
    { name: 'fast', values: [2, 20] },
    { name: 'slow', values: [10, 30, 50] },
  ]);
  expect(points.count).toBe(5);
  expect(points.skippedByConstraints).toBe(1);
  expect(points.columns.map(({ name, index, values }) => [name, index, ...values])).toEqual([
    ['fast', 0, 2, 2, 2, 20, 20],
    ['slow', 1, 10, 30, 50, 30, 50],
  ]);
});

test('without a grid there is one point, of what is set and the defaults', () => {
  const points = list([], { slow: 40 });
  expect([points.count, points.columns.length, ...points.base]).toEqual([1, 0, 10, 40, 10]);
});

describe('refuses before anything is computed', () => {
  test.each([
    [
      'a window that some point makes impossible',
      [{ name: 'fast', values: [2, 5] }],
      { slow: 40 },
      /sma\(close, fast \/ 2\).*integer >= 1, was 2.5 \(at fast = 5\)/,
    ],
    [
      'an exit that some point makes impossible',
      [{ name: 'stop', values: [5, 100] }],
      { slow: 40 },
      /above 0 and below 1, was 1 \(at stop = 100\)/,
    ],
    [
      'more points than there is memory for',
      [{ name: 'stop', values: Array.from({ length: mostPoints + 1 }, () => 1) }],
      {},
      /20000001 points/,
    ],
  ])('%s', (_, grid, set, message) => {
    expect(() => list(grid, set)).toThrow(message);
  });
});

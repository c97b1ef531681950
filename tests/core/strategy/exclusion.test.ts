import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import { exclude } from '../../../core/strategy/exclusion.ts';
import { createGraphBuilder } from '../../../core/strategy/graph.ts';
import { createResolver } from '../../../core/strategy/resolve.ts';

function excluded(a: string, b: string): boolean {
  const { resolve } = createResolver(createGraphBuilder(), { parameterNames: ['p'], features: [] });
  return exclude(resolve(parseTree(a), 'a'), resolve(parseTree(b), 'b'));
}

describe('conditions that cannot both be true', () => {
  test.each([
    ['crossover(close, open)', 'crossunder(close, open)'],
    ['crossover(close, open)', 'crossover(open, close)'],
    ['close > p', 'close <= p'],
    ['close > p', 'p > close'],
    ['close > p and volume > 0', 'high > low and p >= close'],
    ['hour == 3', 'hour != 3'],
  ])('%s; %s', (a, b) => {
    expect(excluded(a, b)).toBe(true);
    expect(excluded(b, a)).toBe(true);
  });
});

describe('conditions that can, or that are not seen through', () => {
  test.each([
    ['close > p', 'close >= p'],
    ['close > p', 'open < p'],
    ['close >= p', 'close <= p'],
    ['close > p or volume > 0', 'close < p'],
    ['close > p', 'not (close < p)'],
    ['hour == 3', 'hour == 4'],
    ['close', 'close'],
  ])('%s; %s', (a, b) => {
    expect(excluded(a, b)).toBe(false);
    expect(excluded(b, a)).toBe(false);
  });
});

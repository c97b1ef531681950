import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { constantValue } from '../../../adapters/strategy-files/constant-value.ts';
import { parseExpression } from '../../../adapters/strategy-files/parse-expression.ts';
import { evaluateExpression } from '../../../core/strategy/compile.ts';
import { anyTree } from './expressions.ts';

const parameters = { fast: 3, hour: -2.5, _x1: 0, close: 0.1 };
const one = Float64Array.of(1);
const bars = {
  symbol: 'X',
  timeframe: '1h',
  timeMs: one,
  open: one,
  high: one,
  low: one,
  close: one,
  volume: one,
} as const;

// The oracle is the compiler: what a constant is here has to be what the run works with.
test('is what the compiled expression gives', () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const value = constantValue(tree, parameters);
      fc.pre(value !== undefined);
      const [compiled] = evaluateExpression(tree, { bars, parameters });
      expect(value === compiled || (Number.isNaN(value) && Number.isNaN(compiled))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['max(fast, 5) * 2', 10],
  ['clip(fast, 4, 9)', 4],
  ['sqrt(0 - 1)', Number.NaN],
  ['1 / 0 > 1', Number.NaN],
  ['1 / 0 > 1 and 0', 0],
  ['1 / 0 > 1 or 2', 1],
  ['not (1 / 0)', Number.NaN],
  ['(1 / 0) ^ 0', Number.NaN],
  ['0 ? 1 : 2', 2],
  ['1 / 0 ? 1 : 2', Number.NaN],
])('%s is %d', (text, value) => {
  expect(constantValue(parseExpression(text, { parameters }), parameters)).toBe(value);
});

test('there is none where a series is', () => {
  expect(constantValue(parseExpression('open + 1', { parameters }), parameters)).toBeUndefined();
  expect(constantValue(parseExpression('0 and sma(open, 2)', { parameters }), parameters)).toBeUndefined();
});

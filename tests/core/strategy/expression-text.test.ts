import { expect, test } from 'vitest';
import { parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import { expressionText } from '../../../core/strategy/expression-text.ts';

// That the text always parses back to its tree is a property in tests/adapters/strategy-files/parse-expression.test.ts.
test.each([
  ['((close))', 'close'],
  ['(open+close)/2', '(open + close) / 2'],
  ['open-(close-low)', 'open - (close - low)'],
  ['(open-close)-low', 'open - close - low'],
  ['open-(close*low)', 'open - close * low'],
  ['(-close)^2', '(-close) ^ 2'],
  ['-(close^2)', '-close ^ 2'],
  ['2^(-1)', '2 ^ -1'],
  ['(2^3)^2', '(2 ^ 3) ^ 2'],
  ['2^(3^2)', '2 ^ 3 ^ 2'],
  ['not(close>1)', 'not (close > 1)'],
  ['(not close)>1', 'not close > 1'],
  ['(open<close)<low', '(open < close) < low'],
  ['(open and close)or low', 'open and close or low'],
  ['open and(close or low)', 'open and (close or low)'],
  ['(open?1:2)?3:(close?4:5)', '(open ? 1 : 2) ? 3 : close ? 4 : 5'],
  ['open?(close?1:2):3', 'open ? (close ? 1 : 2) : 3'],
  ['macd( close ,12,26, 9 ).line', 'macd(close, 12, 26, 9).line'],
  ['obv( )', 'obv()'],
  ['noise . entropy', 'noise.entropy'],
  ['1e21+.5', '1e+21 + 0.5'],
])('%s is printed as %s', (text, printed) => {
  expect(expressionText(parseTree(text))).toBe(printed);
});

import * as fc from 'fast-check';
import { parse } from 'mathjs';
import { describe, expect, test } from 'vitest';
import { type ExpressionScope } from '../../../adapters/strategy-files/check-expression.ts';
import { parseExpression, parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import { DeskError, errorLine } from '../../../core/errors.ts';
import { expressionText } from '../../../core/strategy/expression-text.ts';
import { anyTree, meaningOf } from './expressions.ts';

const scope: ExpressionScope = {
  parameters: { fast: 10, slow: 50, share: 0.5 },
  features: new Set(['fastMean']),
  plugins: new Map([['noise', ['entropy', 'level']]]),
};

const refused = (text: string, within = scope): string => {
  try {
    parseExpression(text, within);
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'BadInput') {
      return errorLine({ message: thrown.message, ...thrown.place });
    }
    throw thrown;
  }
  return 'accepted';
};

describe('the tree of a text', () => {
  test('is the tree that was printed', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        expect(meaningOf(parseTree(expressionText(tree)))).toEqual(meaningOf(tree));
      }),
      { numRuns: 500 },
    );
  });

  // The oracle is mathjs itself: its text with every bracket written out, and ours parsed from that.
  test.each([
    '-2 ^ 2',
    '2 ^ -1 * close',
    '2 ^ 3 ^ 2 - hour',
    '10 - 4 - hour',
    '2 / 4 / hour * 3',
    'not hour == 0',
    'not hour ^ 2',
    '-not close',
    '2 ^ not close ^ 2',
    'hour > 3 and hour < 9 or volume == 6',
    'open + close > low and high or not volume',
    'hour < 6 ? 1 : hour < 12 ? 2 : 3',
    'close or open ? low + 1 : high and 2',
    '- - close',
  ])('binds as mathjs does: %s', (text) => {
    const bracketed = parse(text).toString({ parenthesis: 'all' });
    expect(meaningOf(parseTree(text))).toEqual(meaningOf(parseTree(bracketed)));
  });

  test('knows where its parts stand', () => {
    expect(parseTree('  close > sma( open , 3 )')).toEqual({
      kind: 'binary',
      operator: '>',
      at: 3,
      left: { kind: 'name', name: 'close', at: 3 },
      right: {
        kind: 'call',
        name: 'sma',
        at: 11,
        args: [
          { kind: 'name', name: 'open', at: 16 },
          { kind: 'number', value: 3, at: 23 },
        ],
      },
    });
  });

  test.each([
    ['5.', 5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['2.5E-1', 0.25],
    ['1e-400', 0],
  ])('reads the number %s', (text, value) => {
    expect(parseTree(text)).toEqual({ kind: 'number', value, at: 1 });
  });
});

describe('what is not of the language is refused with its position', () => {
  test.each([
    ['', 'unexpected end of expression at position 1, expected a value'],
    ['   ', 'unexpected end of expression at position 4, expected a value'],
    ['close +', 'unexpected end of expression at position 8, expected a value'],
    ['(close', "unexpected end of expression at position 7, expected ')'"],
    ['close)', "unexpected ')' at position 6, expected an operator"],
    ['2x', "implicit multiplication before 'x' at position 2, expected an operator, as '*'"],
    ['(open)(close)', "implicit multiplication before '(' at position 7, expected an operator, as '*'"],
    ['2 (close)', "implicit multiplication before '(' at position 3, expected an operator, as '*'"],
    ['close open', "implicit multiplication before 'open' at position 7, expected an operator, as '*'"],
    ['sma(close, 3)(2)', "implicit multiplication before '(' at position 14, expected an operator, as '*'"],
    ['macd(close, 3, 5, 2).line(2)', "implicit multiplication before '(' at position 26, expected an operator, as '*'"],
    ['0x1F', "implicit multiplication before 'x1F' at position 2, expected an operator, as '*'"],
    ['1.2.3', "implicit multiplication before '.3' at position 4, expected an operator, as '*'"],
    ['+close', "unexpected unary '+' at position 1, expected a value"],
    ['open * +close', "unexpected unary '+' at position 8, expected a value"],
    ['open < close == low', "chained comparison '==' at position 14, expected two comparisons joined by and"],
    ['open < close < high', "chained comparison '<' at position 14, expected two comparisons joined by and"],
    ['close = 3', "unexpected '=' at position 7, expected an expression"],
    ['close === 3', "unexpected '=' at position 9, expected an expression"],
    ['close => 3', "unexpected '=' at position 7, expected an expression"],
    ["close == 'x'", "unexpected ''' at position 10, expected an expression"],
    ['[1, 2]', "unexpected '[' at position 1, expected an expression"],
    ['{ a: 1 }', "unexpected '{' at position 1, expected an expression"],
    ['close[1]', "unexpected '[' at position 6, expected an expression"],
    ['1:3', "unexpected ':' at position 2, expected an operator"],
    ['close ? 1:2:3', "unexpected ':' at position 12, expected an operator"],
    ['close ? open', "unexpected end of expression at position 13, expected ':'"],
    ['close ? (1 : 2)', "unexpected ':' at position 12, expected an operator"],
    ['close ? open ? 1 : 2 : 3', "unexpected '?' at position 14, expected ':' (a condition inside needs brackets)"],
    ['50%', "unexpected '%' at position 3, expected an expression"],
    ['close!', "unexpected '!' at position 6, expected an expression"],
    ['!close', "unexpected '!' at position 1, expected an expression"],
    ['open & close', "unexpected '&' at position 6, expected an expression"],
    ['open ?? close', "unexpected '?' at position 7, expected a value"],
    ['close # a comment', "unexpected '#' at position 7, expected an expression"],
    ['open; close', "unexpected ';' at position 5, expected an expression"],
    ['open\nclose', 'unexpected new line at position 5, expected an expression'],
    ['open, close', "unexpected ',' at position 5, expected an operator"],
    ['sma(close,)', "unexpected ')' at position 11, expected a value"],
    ['()', "unexpected ')' at position 2, expected a value"],
    ['close.', 'unexpected end of expression at position 7, expected a value'],
    ['close..open', "unexpected '.' at position 7, expected the name of an output"],
    ['true', 'unexpected true at position 1, expected a name or number'],
    ['close > NaN', 'unexpected NaN at position 9, expected a name or number'],
    ['open mod 3', 'unexpected mod at position 6, expected a name or number'],
    ['open to close', 'unexpected to at position 6, expected a name or number'],
    ['1e999', 'the number 1e999 is too large at position 1, expected a finite number'],
    ['größe', "unexpected 'ö' at position 3, expected an expression"],
    ['3.5.close', "unexpected '.' at position 4, expected an operator"],
    ['close > \u{1F680}', "unexpected '🚀' at position 9, expected an expression"],
  ])('%j', (text, message) => {
    expect(refused(text)).toBe(message);
  });

  test('a text of more than 20,000 characters', () => {
    expect(refused(' '.repeat(20_001))).toBe(
      'too long at position 20001, expected at most 20000 characters, found 20001',
    );
  });

  test('200 brackets inside each other are read, one more is not', () => {
    expect(refused(`${'('.repeat(199)}close${')'.repeat(199)}`)).toBe('accepted');
    expect(refused(`${'('.repeat(200)}close${')'.repeat(200)}`)).toContain('brackets inside each other');
  });

  test.each([
    ['64 deep', `${'-'.repeat(63)}close`, 'accepted'],
    ['65 deep', `${'-'.repeat(64)}close`, 'too deep at position 65, expected at most 64 parts inside each other'],
    ['a chain of 64 sums', Array(64).fill('close').join('+'), 'accepted'],
    [
      'a chain of 65 sums',
      Array(65).fill('close').join('+'),
      'too deep at position 1, expected at most 64 parts inside each other',
    ],
    [
      'a power of powers',
      `${'2^'.repeat(400)}2`,
      'too deep at position 127, expected at most 64 parts inside each other',
    ],
    ['999 signs', `${'-'.repeat(999)}close`, 'too deep at position 65, expected at most 64 parts inside each other'],
    ['1,000 signs', `${'-'.repeat(1_000)}close`, 'too many nodes at position 1001, expected at most 1,000'],
  ])('%s', (_, text, message) => {
    expect(refused(text)).toBe(message);
  });
});

describe('names, functions and their arguments', () => {
  test.each([
    [
      'fastMaen',
      'unknown name fastMaen at position 1, expected a series, feature or parameter (did you mean fastMean?)',
    ],
    ['1 + qqqqqqq', 'unknown name qqqqqqq at position 5, expected a series, feature or parameter'],
    ['constructor', 'unknown name constructor at position 1, expected a series, feature or parameter'],
    ['smaa(close, 3)', 'unknown function smaa at position 1, expected a function of the language (did you mean sma?)'],
    ['constructor(close)', 'unknown function constructor at position 1, expected a function of the language'],
    ['sma', 'sma is a function at position 1, expected sma(x, w)'],
    ['close(3)', 'close is no function at position 1, expected a function before the bracket'],
    ['sma(close)', 'sma with 1 argument at position 1, expected sma(x, w)'],
    ['abs(1, 2)', 'abs with 2 arguments at position 1, expected abs(x)'],
    ['obv(close)', 'obv with 1 argument at position 1, expected obv()'],
    ['min(close)', 'min with 1 argument at position 1, expected min(a, b, …)'],
    ['macd(close, 3, 5, 2)', 'macd without an output at position 1, expected .line .signal .histogram'],
    [
      'macd(close, 3, 5, 2).lime',
      'macd has no output .lime at position 1, expected .line .signal .histogram (did you mean line?)',
    ],
    ['sma(close, 3).value', 'sma has no output .value at position 1, expected its one value'],
    ['close.high', "unexpected '.high' behind close at position 1, expected a call or a name of plugins before it"],
    [
      '(macd(close, 3, 5, 2)).line',
      "unexpected '.line' at position 23, expected a call or a name of plugins before it",
    ],
    ['noise', 'the plugin series noise without an output at position 1, expected noise.entropy noise.level'],
    ['noise.entropi', 'noise has no output .entropi at position 1, expected .entropy .level (did you mean entropy?)'],
    [
      'noisy.entropy',
      "unexpected '.entropy' behind noisy at position 1, expected a call or a name of plugins before it (did you mean noise?)",
    ],
    ['sma(close, hour)', 'sma: no constant at position 1, expected w made of numbers and parameters, found hour'],
    [
      'sma(close, fastMean)',
      'sma: no constant at position 1, expected w made of numbers and parameters, found fastMean',
    ],
    [
      'sma(close, sma(fast, 2))',
      'sma: no constant at position 1, expected w made of numbers and parameters, found sma(fast, 2)',
    ],
    ['sma(close, slow / 4)', 'sma: wrong w at position 1, expected an integer >= 1, found slow / 4 = 12.5'],
    ['sma(close, 1 / 0)', 'sma: wrong w at position 1, expected an integer >= 1, found 1 / 0 = missing'],
    ['sma(close, 2000000)', 'sma: wrong w at position 1, expected an integer <= 1000000, found 2000000'],
    ['rsi(close, 1)', 'rsi: wrong w at position 1, expected an integer >= 2, found 1'],
    ['lag(close, -1)', 'lag: wrong k at position 1, expected an integer >= 0, found -1'],
    ['quantile(close, 10, 1.5)', 'quantile: wrong q at position 1, expected a number within 0..1, found 1.5'],
  ])('%s', (text, message) => {
    expect(refused(text)).toBe(message);
  });

  test('macd needs fast below slow', () => {
    expect(refused('macd(close, 26, 12, 9).line')).toMatch(
      /^macd: wrong arguments at position 1, expected .*fast.*slow/,
    );
  });

  test.each([
    'sma(close, max(fast, 3))',
    'lag(close, fast - fast)',
    'diff(close)',
    'noise.level',
    'min(1, 2, 3, 4)',
    'sma(close, share < 1 ? fast : 1.5)',
  ])('accepts %s', (text) => {
    expect(refused(text)).toBe('accepted');
  });

  test('where only parameters may stand, series and their functions may not', () => {
    const constants = { ...scope, parametersOnly: true };
    expect(refused('max(fast, slow) * 2', constants)).toBe('accepted');
    expect(refused('2 * atr(14)', constants)).toBe(
      'atr(…) may not stand here, at position 5, expected numbers and parameters only',
    );
    expect(refused('fast < close', constants)).toBe(
      'close may not stand here, at position 8, expected numbers and parameters only',
    );
    expect(refused('noise.level', constants)).toContain('noise.level may not stand here, at position 1');
    expect(refused('fastt', constants)).toBe(
      'unknown name fastt at position 1, expected numbers and parameters only (did you mean fast?)',
    );
  });
});

test('any text gives a tree or BadInput, nothing else', () => {
  const piece = fc.constantFrom(
    ...'close sma macd ( ) , . ? : - + ^ < == not and 3 .5 1e9 % " line fast'.split(' '),
    ' ',
    '\n',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(refused(text)).not.toMatch(/^not understood|^$/);
    }),
    { numRuns: 3_000 },
  );
});

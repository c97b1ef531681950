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
    ['', 'unexpected end of expression at position 1'],
    ['   ', 'unexpected end of expression at position 4'],
    ['close +', 'unexpected end of expression at position 8'],
    ['(close', "expected ')' at position 7"],
    ['close)', "unexpected ')' at position 6"],
    ['2x', "implicit multiplication before 'x' at position 2"],
    ['(open)(close)', "implicit multiplication before '(' at position 7"],
    ['2 (close)', "implicit multiplication before '(' at position 3"],
    ['close open', "implicit multiplication before 'open' at position 7"],
    ['sma(close, 3)(2)', "implicit multiplication before '(' at position 14"],
    ['macd(close, 3, 5, 2).line(2)', "implicit multiplication before '(' at position 26"],
    ['0x1F', "implicit multiplication before 'x1F' at position 2"],
    ['1.2.3', "implicit multiplication before '.3' at position 4"],
    ['+close', "unexpected unary '+' at position 1"],
    ['open * +close', "unexpected unary '+' at position 8"],
    ['open < close == low', "chained comparison '==': join two comparisons by and at position 14"],
    ['open < close < high', "chained comparison '<': join two comparisons by and at position 14"],
    ['close = 3', "unexpected '=' at position 7"],
    ['close === 3', "unexpected '=' at position 9"],
    ['close => 3', "unexpected '=' at position 7"],
    ["close == 'x'", "unexpected ''' at position 10"],
    ['[1, 2]', "unexpected '[' at position 1"],
    ['{ a: 1 }', "unexpected '{' at position 1"],
    ['close[1]', "unexpected '[' at position 6"],
    ['1:3', "unexpected ':' at position 2"],
    ['close ? 1:2:3', "unexpected ':' at position 12"],
    ['close ? open', "expected ':' of a condition at position 13"],
    ['close ? (1 : 2)', "unexpected ':' at position 12"],
    ['close ? open ? 1 : 2 : 3', "a condition between '?' and ':' needs brackets around it, at position 14"],
    ['50%', "unexpected '%' at position 3"],
    ['close!', "unexpected '!' at position 6"],
    ['!close', "unexpected '!' at position 1"],
    ['open & close', "unexpected '&' at position 6"],
    ['open ?? close', "unexpected '?' at position 7"],
    ['close # a comment', "unexpected '#' at position 7"],
    ['open; close', "unexpected ';' at position 5"],
    ['open\nclose', 'unexpected a new line (one expression, one line) at position 5'],
    ['open, close', "unexpected ',' at position 5"],
    ['sma(close,)', "unexpected ')' at position 11"],
    ['()', "unexpected ')' at position 2"],
    ['close.', 'unexpected end of expression at position 7'],
    ['close..open', "unexpected '.' at position 7"],
    ['true', 'true is not a value or operator of the language at position 1'],
    ['close > NaN', 'NaN is not a value or operator of the language at position 9'],
    ['open mod 3', 'mod is not a value or operator of the language at position 6'],
    ['open to close', 'to is not a value or operator of the language at position 6'],
    ['1e999', '1e999 is too large for a number at position 1'],
    ['größe', "unexpected 'ö' at position 3"],
    ['3.5.close', "unexpected '.' at position 4"],
    ['close > \u{1F680}', "unexpected '\u{1F680}' at position 9"],
  ])('%j', (text, message) => {
    expect(refused(text)).toBe(message);
  });

  test('a text of more than 20,000 characters', () => {
    expect(refused(' '.repeat(20_001))).toBe('longer than 20000 characters at position 20001');
  });

  test('200 brackets inside each other are read, one more is not', () => {
    expect(refused(`${'('.repeat(199)}close${')'.repeat(199)}`)).toBe('accepted');
    expect(refused(`${'('.repeat(200)}close${')'.repeat(200)}`)).toContain('brackets inside each other');
  });

  test.each([
    ['64 deep', `${'-'.repeat(63)}close`, 'accepted'],
    ['65 deep', `${'-'.repeat(64)}close`, 'deeper than 64 at position 65'],
    ['a chain of 64 sums', Array(64).fill('close').join('+'), 'accepted'],
    ['a chain of 65 sums', Array(65).fill('close').join('+'), 'deeper than 64 at position 1'],
    ['a power of powers', `${'2^'.repeat(400)}2`, 'deeper than 64 at position 127'],
    ['999 signs', `${'-'.repeat(999)}close`, 'deeper than 64 at position 65'],
    ['1,000 signs', `${'-'.repeat(1_000)}close`, 'more than 1,000 nodes at position 1001'],
  ])('%s', (_, text, message) => {
    expect(refused(text)).toBe(message);
  });
});

describe('names, functions and their arguments', () => {
  test.each([
    ['fastMaen', 'unknown name fastMaen at position 1 (did you mean fastMean?)'],
    ['1 + qqqqqqq', 'unknown name qqqqqqq at position 5'],
    ['constructor', 'unknown name constructor at position 1'],
    ['smaa(close, 3)', 'unknown function smaa at position 1 (did you mean sma?)'],
    ['constructor(close)', 'unknown function constructor at position 1'],
    ['sma', 'sma is a function: call it as sma(x, w) at position 1'],
    ['close(3)', 'close is no function: it is not called at position 1'],
    ['sma(close)', 'sma takes 2 arguments, found 1: sma(x, w), at position 1'],
    ['abs(1, 2)', 'abs takes 1 argument, found 2: abs(x), at position 1'],
    ['obv(close)', 'obv takes 0 arguments, found 1: obv(), at position 1'],
    ['min(close)', 'min takes at least 2 arguments, found 1: min(a, b, …), at position 1'],
    ['macd(close, 3, 5, 2)', 'macd has the outputs .line .signal .histogram: name one, at position 1'],
    [
      'macd(close, 3, 5, 2).lime',
      'macd has no output .lime (it has .line .signal .histogram) at position 1 (did you mean line?)',
    ],
    ['sma(close, 3).value', "sma has one value only: '.value' has no meaning, at position 1"],
    ['close.high', "'.high' stands behind close, which is neither a call nor a name of plugins, at position 1"],
    ['(macd(close, 3, 5, 2)).line', "'.line' stands behind neither a call nor a name of plugins at position 23"],
    ['noise', 'noise is a plugin series: name its output (noise.entropy, noise.level) at position 1'],
    ['noise.entropi', 'noise has no output .entropi at position 1 (did you mean entropy?)'],
    [
      'noisy.entropy',
      "'.entropy' stands behind noisy, which is neither a call nor a name of plugins, at position 1 (did you mean noise?)",
    ],
    ['sma(close, hour)', 'sma: its w must be made of numbers and parameters, was hour, at position 1'],
    ['sma(close, fastMean)', 'sma: its w must be made of numbers and parameters, was fastMean, at position 1'],
    ['sma(close, sma(fast, 2))', 'sma: its w must be made of numbers and parameters, was sma(fast, 2), at position 1'],
    ['sma(close, slow / 4)', 'sma: its w slow / 4 = 12.5 is not an integer >= 1, at position 1'],
    ['sma(close, 1 / 0)', 'sma: its w 1 / 0 = missing is not an integer >= 1, at position 1'],
    ['sma(close, 2000000)', 'sma: its w 2000000 is not an integer >= 1 and <= 1000000, at position 1'],
    ['rsi(close, 1)', 'rsi: its w 1 is not an integer >= 2, at position 1'],
    ['lag(close, -1)', 'lag: its k -1 is not an integer >= 0, at position 1'],
    ['quantile(close, 10, 1.5)', 'quantile: its q 1.5 is not within 0..1, at position 1'],
  ])('%s', (text, message) => {
    expect(refused(text)).toBe(message);
  });

  test('macd needs fast below slow', () => {
    expect(refused('macd(close, 26, 12, 9).line')).toMatch(/fast.*slow.*at position 1/);
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
      'only numbers and parameters may stand here, not atr(…) at position 5',
    );
    expect(refused('fast < close', constants)).toBe(
      'only numbers and parameters may stand here, not close at position 8',
    );
    expect(refused('noise.level', constants)).toContain('not noise.level at position 1');
    expect(refused('fastt', constants)).toBe('unknown name fastt at position 1 (did you mean fast?)');
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

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { strategyShape } from '../../../adapters/strategy-files/strategy-shape.ts';
import { shippedStrategies } from '../../shipped-strategies.ts';

const text = `id: STR-001
name: Trend by two means
hypothesis: Trends last.
universe: [BTC/USDT, ETH/USDT]
timeframe: 1h
parameters:
  fast: { default: 10, min: 2, max: 50, step: 1 }
  slow: { default: 50, min: 10, max: 200, step: 5 }
constraints: [fast < slow]
features:
  fastMean: sma(close, fast)
  slowMean: sma(close, slow)
signals:
  enterLong: crossover(fastMean, slowMean) and diff(close) > 0 and rsi(close, 14) < 70
  exitLong: crossunder(fastMean, slowMean)
forecast: fastMean / slowMean - 1
exits: { stopLoss: 0.03 }
`;

function shapeOf(source: string): string {
  const { strategy, errors } = checkStrategyText(source);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return strategyShape(strategy);
}
const original = shapeOf(text);
type Edit = (text: string) => string;

describe('one family', () => {
  test.each<[string, Edit]>([
    ['another id and name', (t) => t.replace('STR-001', 'STR-999').replace('Trend by two means', 'A copy')],
    [
      'other names',
      (t) =>
        t
          .replaceAll('fastMean', 'a')
          .replaceAll('slowMean', 'b')
          .replaceAll(/\bfast\b/g, 'p'),
    ],
    ['other constants', (t) => t.replace('70', '65').replace('14', '9').replace('default: 10', 'default: 12')],
    ['numbers where parameters were', (t) => t.replace('sma(close, fast)', 'sma(close, 12)')],
    ['a constant that is computed', (t) => t.replace('< 70', '< fast * 2 + max(slow, 3)')],
    ['features in another order', (t) => t.replace(/( {2}fastMean.*\n)( {2}slowMean.*\n)/, '$2$1')],
    ['a feature that nothing uses', (t) => t.replace('features:\n', 'features:\n  spare: wma(close, fast)\n')],
    [
      'features written in their place',
      (t) =>
        t
          .replace(/features:\n.*\n.*\n/, '')
          .replaceAll('fastMean', 'sma(close, fast)')
          .replaceAll('slowMean', 'sma(close, slow)'),
    ],
    [
      'a part of a chain as a feature',
      (t) =>
        t
          .replace('features:\n', 'features:\n  filter: rsi(close, 14) < 70 and diff(close) > 0\n')
          .replace(' and diff(close) > 0 and rsi(close, 14) < 70', ' and filter'),
    ],
    [
      'exchanged operands',
      (t) => t.replace('diff(close) > 0 and rsi(close, 14) < 70', '70 > rsi(close, 14) and 0 < diff(close)'),
    ],
    ['said twice', (t) => t.replace('diff(close) > 0', 'diff(close) > 0 and diff(close) > 0')],
    [
      'brackets',
      (t) => t.replace('diff(close) > 0 and rsi(close, 14) < 70', '((diff(close) > 0) and (rsi(close, 14) < 70))'),
    ],
    ['a default written out', (t) => t.replace('diff(close)', 'diff(close, 1)')],
    [
      'the same crossing told from the other side',
      (t) => t.replace('crossunder(fastMean, slowMean)', 'crossover(slowMean, fastMean)'),
    ],
    ['another universe and timeframe', (t) => t.replace('BTC/USDT, ETH/USDT', 'SOL/USDT').replace('1h', '4h')],
    [
      'other exits, costs and forecast',
      (t) => t.replace('{ stopLoss: 0.03 }', '{ takeProfit: 0.5 }').replace(/forecast.*\n/, ''),
    ],
  ])('%s', (_, edit) => {
    expect(edit(text)).not.toBe(text);
    expect(shapeOf(edit(text))).toBe(original);
  });

  test('whatever the constants, names and order of features are', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3}Q[a-z]{2}$/), { minLength: 4, maxLength: 4 });
    const numbers = fc.record({ period: fc.integer({ min: 2, max: 99 }), level: fc.integer({ min: 1, max: 99 }) });
    fc.assert(
      fc.property(names, numbers, fc.boolean(), ([a, b, p, q], { period, level }, swapped) => {
        const features = [`  ${a}: sma(close, ${p})\n`, `  ${b}: sma(close, ${q})\n`];
        const edited = text
          .replace(/features:\n.*\n.*\n/, `features:\n${(swapped ? features.toReversed() : features).join('')}`)
          .replaceAll('fastMean', a)
          .replaceAll('slowMean', b)
          .replace('  fast:', `  ${p}:`)
          .replace('  slow:', `  ${q}:`)
          .replace('fast < slow', `${p} < ${q}`)
          .replace('rsi(close, 14) < 70', `rsi(close, ${period}) < ${level}`);
        expect(shapeOf(edited)).toBe(original);
      }),
    );
  });
});

describe('another family', () => {
  test.each<[string, Edit]>([
    ['another function', (t) => t.replace('fastMean: sma', 'fastMean: ema')],
    ['another series', (t) => t.replace('sma(close, slow)', 'sma(volume, slow)')],
    ['one condition less', (t) => t.replace(' and diff(close) > 0', '')],
    ['or for and', (t) => t.replace('and diff(close) > 0 and', 'or diff(close) > 0 or')],
    ['the other direction', (t) => t.replace('rsi(close, 14) < 70', 'rsi(close, 14) > 70')],
    ['the short side', (t) => t.replace('enterLong', 'enterShort').replace('exitLong', 'exitShort')],
    ['another exit signal', (t) => t.replace('crossunder(fastMean, slowMean)', 'close < fastMean')],
    [
      'a difference turned round',
      (t) => t.replace('diff(close) > 0', 'close - open > 0').replace('close < fastMean', ''),
    ],
  ])('%s', (_, edit) => {
    expect(edit(text)).not.toBe(text);
    expect(shapeOf(edit(text))).not.toBe(original);
  });

  test('the strategies that ship are ideas of their own', () => {
    const shapes = shippedStrategies().map(({ strategy }) => strategyShape(strategy));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  test('a - b is not b - a', () => {
    const shape = (expression: string) => shapeOf(text.replace('diff(close) > 0', `${expression} > 0`));
    expect(shape('close - open')).not.toBe(shape('open - close'));
    expect(shape('close + open')).toBe(shape('open + close'));
    expect(shape('close + close')).not.toBe(shape('close'));
  });
});

test('features that double each other are walked once each', () => {
  const chain = Array.from({ length: 60 }, (_, i) => `  f${i + 1}: f${i} and f${i}\n  g${i + 1}: g${i} + g${i}\n`).join(
    '',
  );
  const features = `features:\n  f0: close > open\n  g0: close - open\n${chain}`;
  const source = text.replace('features:\n', features).replace('diff(close) > 0', 'f60 and g60 > 0');
  expect(shapeOf(source)).toMatch(/^[\da-f]{64}$/);
});

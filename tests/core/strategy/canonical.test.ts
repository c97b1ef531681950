import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { canonicalText } from '../../../core/strategy/canonical.ts';
import type { ParameterValues } from '../../../core/strategy/strategy.ts';

const text = `id: STR-001
name: Trend by two means
hypothesis: Trends last.
lineage: { source: manual }
universe: [BTC/USDT, ETH/USDT]
timeframe: 1h
parameters:
  fast: { default: 10, min: 2, max: 50, step: 1, role: lookback }
  slow: { default: 50, min: 10, max: 200, step: 5, role: lookback }
constraints: [fast < slow]
features:
  fastMean: sma(close, fast)
  slowMean: sma(close, slow)
signals:
  enterLong: crossover(fastMean, slowMean) and diff(close) > 0
  exitLong: crossunder(fastMean, slowMean)
forecast: fastMean / slowMean - 1
exits: { stopLoss: 0.03, maxBars: 240 }
sizing: { method: fraction, fraction: 1 }
costs: { feeBps: 10, slippageBps: 0 }
`;

function strategyOf(source: string) {
  const { strategy, errors } = checkStrategyText(source);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return strategy;
}
const hashOf = (source: string, set?: ParameterValues) => strategyHash(strategyOf(source), set);
const original = hashOf(text);

describe('means the same, hashes the same', () => {
  test.each([
    [
      'another id, name, hypothesis and lineage',
      (t: string) =>
        t
          .replace('STR-001', 'STR-999')
          .replace('Trend by two means', 'A copy')
          .replace('Trends last.', 'They do not.')
          .replace('source: manual', 'source: retry, parent: STR-001'),
    ],
    [
      'other names of parameters and features',
      (t: string) =>
        t.replaceAll('fastMean', 'a').replaceAll('slowMean', 'b').replaceAll('fast', 'p').replaceAll('slow', 'q'),
    ],
    [
      'features written in their place',
      (t: string) =>
        t
          .replace(/features:\n.*\n.*\n/, '')
          .replaceAll('fastMean', 'sma(close, fast)')
          .replaceAll('slowMean', 'sma(close, slow)'),
    ],
    [
      'features in another order, one more that nothing uses',
      (t: string) => t.replace(/( {2}fastMean: .*\n)( {2}slowMean: .*\n)/, '$2$1  unused: rsi(close, 14)\n'),
    ],
    [
      'brackets, blanks and comments',
      (t: string) => t.replace('crossunder(fastMean, slowMean)', '(crossunder( fastMean,(slowMean) )) # out'),
    ],
    ['an argument that has that default', (t: string) => t.replace('diff(close)', 'diff(close, 1)')],
    ['no role', (t: string) => t.replaceAll(', role: lookback', '')],
    ['sizing and costs left out, where they are the default', (t: string) => t.replace(/sizing[^]*$/, '')],
    [
      'another spelling of a symbol and another order of sections',
      (t: string) => t.replace('BTC/USDT,', 'btc-usdt,').replace(/(constraints.*\n)([^]*)$/, '$2$1'),
    ],
  ])('%s', (_, change) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(hashOf(changed)).toBe(original);
  });
});

describe('means something else, hashes otherwise', () => {
  test.each([
    ['order of the universe', 'BTC/USDT, ETH/USDT', 'ETH/USDT, BTC/USDT'],
    ['timeframe', 'timeframe: 1h', 'timeframe: 4h'],
    ['default', 'default: 10', 'default: 11'],
    ['range', 'max: 50', 'max: 60'],
    ['step', 'step: 5', 'step: 10'],
    ['constraint', 'fast < slow', 'fast <= slow'],
    ['signal', 'crossunder(fastMean', 'crossover(fastMean'],
    ['feature', 'sma(close, slow)', 'ema(close, slow)'],
    ['which signal', 'exitLong', 'enterShort'],
    ['forecast', 'slowMean - 1', 'slowMean - 2'],
    ['exit', 'stopLoss: 0.03', 'takeProfit: 0.03'],
    ['sizing', 'fraction: 1 }', 'fraction: 0.5 }'],
    ['costs', 'feeBps: 10', 'feeBps: 11'],
    ['brackets that matter', 'fastMean / slowMean - 1', 'fastMean / (slowMean - 1)'],
  ])('%s', (_, from, to) => {
    expect(text).toContain(from);
    expect(hashOf(text.replace(from, to))).not.toBe(original);
  });

  test('the values of the run', () => {
    expect(hashOf(text, { fast: 12 })).not.toBe(original);
    expect(hashOf(text, { fast: 10 })).toBe(original);
    expect(hashOf(text, { fast: 12 })).not.toBe(hashOf(text.replace('default: 10', 'default: 12')));
  });
});

test('grows with the file, not with what features unfold to', () => {
  const doubled = Array.from({ length: 60 }, (_, i) => `  f${i + 1}: f${i} + f${i}`).join('\n');
  const source = `id: STR-001\nname: x\nuniverse: [BTC/USDT]\ntimeframe: 1h\nfeatures:\n  f0: close\n${doubled}\nsignals: { enterLong: f60 > 0 }\n`;
  expect(canonicalText(strategyOf(source)).length).toBeLessThan(2_000);
});

test('a change of what is hashed is a change of every stored hash', () => {
  expect(canonicalText(strategyOf(text))).toMatchInlineSnapshot(
    `"{"version":1,"universe":["BTC/USDT","ETH/USDT"],"timeframe":"1h","parameters":[[10,2,50,1,true],[50,10,200,5,true]],"values":[10,50],"constraints":[2],"signals":[11,12,null,null],"forecast":14,"exits":[15,null,null,16],"sizing":["fraction",7],"costs":[10,0],"nodes":["parameter 0","parameter 1","0 < 1","close","sma(3, 0)","sma(3, 1)","crossover(4, 5)","number 1","diff(3, 7)","number 0","8 > 9","6 and 10","crossunder(4, 5)","4 / 5","13 - 7","number 0.03","number 240"]}"`,
  );
  expect(original).toMatchInlineSnapshot(`"da373555123ab8433fb5597cc7502c244145b919f5f0986d6bea7d821bad3b23"`);
});

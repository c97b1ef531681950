import { describe, expect, test } from 'vitest';
import { seriesFunctions } from '../../../../core/strategy/functions/index.ts';
import { callOf, runBatch, valuesOf } from './run.ts';

const missing = NaN;
const values = (name: string, constants: readonly number[], ...series: (readonly number[])[]): number[] => [
  ...valuesOf(callOf(name, constants, { series: series.map((input) => Float64Array.from(input)) })),
];

/** Worked by hand from the specification's sentences. */
describe('worked by hand', () => {
  test.each<[call: string, actual: number[], expected: number[]]>([
    ['lag(x, 2)', values('lag', [2], [1, 2, missing, 4, 5]), [missing, missing, 1, 2, missing]],
    ['lag(x, 0)', values('lag', [0], [1, missing, 3]), [1, missing, 3]],
    ['diff(x, 1)', values('diff', [1], [1, 4, missing, 9]), [missing, 3, missing, missing]],
    ['roc(x, 1): x / 0 is missing', values('roc', [1], [1, 0, 4, 5]), [missing, -1, missing, 0.25]],
    ['sma(x, 2)', values('sma', [2], [1, 3, missing, 5, 7]), [missing, 2, missing, missing, 6]],
    ['sum(x, 1)', values('sum', [1], [1, missing, 3]), [1, missing, 3]],
    [
      'ema(x, 3) keeps its state over a gap',
      values('ema', [3], [1, 2, 3, missing, 6]),
      [missing, missing, 2, missing, 4],
    ],
    ['ema(x, 1)', values('ema', [1], [0.1, 0.3, 0.7]), [0.1, 0.3, 0.7]],
    ['wilder(x, 2)', values('wilder', [2], [1, 3, 6, 8]), [missing, 2, 4, 6]],
    ['wma(x, 3)', values('wma', [3], [1, 2, 4]), [missing, missing, 2.83333333333333]],
    ['rsi(x, 2) is 0 on 0/0', values('rsi', [2], [5, 5, 5, 6]), [missing, missing, 0, 100]],
    ['stddev(x, 2)', values('stddev', [2], [1, 3, 3]), [missing, 1, 0]],
    ['zscore(x, 2)', values('zscore', [2], [1, 3, 3]), [missing, 1, missing]],
    ['median(x, 4)', values('median', [4], [9, 1, 2, 5]), [missing, missing, missing, 3.5]],
    [
      'quantile(x, 5, 0.625)',
      values('quantile', [5, 0.625], [1, 2, 3, 4, 10]),
      [missing, missing, missing, missing, 3.5],
    ],
    ['percentRank(x, 3)', values('percentRank', [3], [2, 3, 1, 3, 3]), [missing, missing, 0.333333333333333, 1, 1]],
    ['slope(x, 3)', values('slope', [3], [1, 2, 6]), [missing, missing, 2.5]],
    ['correlation(x, y, 2)', values('correlation', [2], [1, 2, 3], [5, 1, 1]), [missing, -1, missing]],
    ['beta(x, y, 2)', values('beta', [2], [1, 2, 2], [5, 1, 3]), [missing, -0.25, 0]],
    ['beta is missing where y is constant', values('beta', [2], [1, 2], [3, 3]), [missing, missing]],
    ['crossover(a, b): below, equal, above is one', values('crossover', [], [1, 2, 3, 4], [2, 2, 2, 2]), [0, 0, 1, 0]],
    ['crossover at the first bar is missing if above', values('crossover', [], [3, 3], [2, 2]), [missing, 0]],
    ['false and missing is false', values('crossover', [], [1, missing, 1], [2, 2, 2]), [0, missing, 0]],
    ['a false half decides over a missing one', values('crossover', [], [3, missing], [2, 2]), [missing, 0]],
    ['crossunder(a, b)', values('crossunder', [], [3, 2, 1], [2, 2, 2]), [0, 0, 1]],
    ['barsSince(c)', values('barsSince', [], [0, 1, 0, missing, 2]), [missing, 0, 1, 2, 0]],
    ['valueWhen(c, x)', values('valueWhen', [], [0, 1, missing, 1], [5, 6, 7, missing]), [missing, 6, 6, missing]],
  ])('%s', (_, actual, expected) => {
    // To 15 digits: a perfect correlation may be off by the last bit.
    expect(actual.map((value) => Number(value.toPrecision(15)))).toEqual(expected);
  });
});

describe('of bars', () => {
  const flat = (bars: number, price = 10, volume = 3) => {
    const column = new Float64Array(bars).fill(price);
    return { open: column, high: column, low: column, close: column, volume: new Float64Array(bars).fill(volume) };
  };

  test.each(['cci', 'willr', 'mfi', 'adx', 'plusDi', 'minusDi'])('%s is 0 on 0/0', (name) => {
    expect(valuesOf(callOf(name, [3], { columns: flat(30) })).at(-1)).toBe(0);
  });

  test('stoch is 0 on 0/0, and k is missing until d is there', () => {
    const [k, d] = runBatch(callOf('stoch', [3, 2, 3], { columns: flat(10) }));
    expect([...(k ?? [])]).toEqual([...(d ?? [])]);
    expect([...(k ?? [])]).toEqual([NaN, NaN, NaN, NaN, NaN, 0, 0, 0, 0, 0]);
  });

  test('vwap without volume is missing', () => {
    expect(valuesOf(callOf('vwap', [3], { columns: flat(5, 10, 0) })).every(Number.isNaN)).toBe(true);
  });

  test('natr of one bar is the true range over the close', () => {
    const close = Float64Array.of(10, 20);
    const columns = { open: close, high: close, low: close, close, volume: close };
    expect([...valuesOf(callOf('natr', [1], { columns }))]).toEqual([NaN, 0.5]);
  });

  test('adx and the directional indicators keep their state over a bar that is missing', () => {
    const close = Float64Array.from({ length: 40 }, (_, t) => 50 + 5 * Math.sin(t * 1.7) + t);
    const market = (prices: Float64Array) => ({
      open: prices,
      high: prices.map((price) => price + 1),
      low: prices.map((price) => price - 1),
      close: prices,
      volume: prices,
    });
    const gapped = Float64Array.of(...close.slice(0, 30), NaN, ...close.slice(30));
    for (const name of ['adx', 'plusDi', 'minusDi', 'atr', 'sar', 'obv']) {
      const constants = name === 'sar' ? [0.02, 0.2] : name === 'obv' ? [] : [5];
      const whole = [...valuesOf(callOf(name, constants, { columns: market(close) }))];
      const withGap = [...valuesOf(callOf(name, constants, { columns: market(gapped) }))];
      expect(withGap).toEqual([...whole.slice(0, 30), NaN, ...whole.slice(30)]);
    }
  });
});

test.each([...seriesFunctions.values()].filter(({ args }) => args.some(({ kind }) => kind === 'window')))(
  '$name with a window longer than the data is missing throughout',
  (fn) => {
    const column = Float64Array.from({ length: 20 }, (_, t) => 10 + (t % 7));
    const constants = fn.args.flatMap(({ kind, name }) =>
      kind === 'series' ? [] : kind === 'window' ? (name === 'fast' ? [49] : [50]) : [0.5],
    );
    const columns = { open: column, high: column, low: column, close: column, volume: column };
    const series = fn.args.flatMap(({ kind }) => (kind === 'series' ? [column] : []));
    const outputs = runBatch(callOf(fn.name, constants, { series, columns }));
    expect(outputs.every((output) => output.every(Number.isNaN))).toBe(true);
  },
);

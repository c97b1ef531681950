import { expect, test } from 'vitest';
import { fixtureBars, fixtureJson } from '../../../fixture-files.ts';
import { callOf, functionNamed, runBatch } from './run.ts';

type Summary = Readonly<{
  sum: number;
  sumSq: number;
  finite: number;
  first: number;
  last5: readonly (number | null)[];
}>;
type Indicators = Readonly<Record<'talib' | 'pandas', Readonly<Record<string, Summary>>>>;

const indicators = fixtureJson('peers/indicators.json.gz') as Indicators;
const all = fixtureBars('ohlcv/BTC-USDT-PERP-1h.csv', 'BTC/USDT:USDT', '1h');
const rows = 2978;
const columns = {
  open: all.open.subarray(0, rows),
  high: all.high.subarray(0, rows),
  low: all.low.subarray(0, rows),
  close: all.close.subarray(0, rows),
  volume: all.volume.subarray(0, rows),
};
const { close, high, low, volume } = columns;
const returns = close.map((value, bar) => value / (close[bar - 1] ?? NaN) - 1);

type Case = readonly [
  key: string,
  name: string,
  constants: readonly number[],
  more?: Readonly<{ series?: readonly Float64Array[]; output?: string; scale?: number; tolerance?: number }>,
];

/** `scale` brings our fractions to the peer's percent; 1e-6 where TA-Lib loses digits (README of the fixtures). */
const talib: readonly Case[] = [
  ['sma(20)', 'sma', [20]],
  ['ema(20) seeded by SMA', 'ema', [20]],
  ['wma(20)', 'wma', [20]],
  ['dema(20)', 'dema', [20]],
  ['tema(20)', 'tema', [20]],
  ['rsi(14) Wilder', 'rsi', [14]],
  ['atr(14) Wilder', 'atr', [14]],
  ['natr(14)', 'natr', [14], { scale: 100 }],
  ['trange', 'trueRange', []],
  ['macd(12,26,9).macd', 'macd', [12, 26, 9], { output: 'line' }],
  ['macd(12,26,9).signal', 'macd', [12, 26, 9], { output: 'signal' }],
  ['macd(12,26,9).histogram', 'macd', [12, 26, 9], { output: 'histogram' }],
  ['bollinger(20,2,ddof0).upper', 'bbands', [20, 2], { output: 'upper', tolerance: 1e-6 }],
  ['bollinger(20,2,ddof0).middle', 'bbands', [20, 2], { output: 'middle' }],
  ['bollinger(20,2,ddof0).lower', 'bbands', [20, 2], { output: 'lower', tolerance: 1e-6 }],
  ['stochastic fast(14,3).k', 'stoch', [14, 1, 3], { output: 'k' }],
  ['stochastic fast(14,3).d', 'stoch', [14, 1, 3], { output: 'd' }],
  ['stochastic slow(14,3,3).k', 'stoch', [14, 3, 3], { output: 'k' }],
  ['stochastic slow(14,3,3).d', 'stoch', [14, 3, 3], { output: 'd' }],
  ['adx(14)', 'adx', [14]],
  ['plusDI(14)', 'plusDi', [14]],
  ['minusDI(14)', 'minusDi', [14]],
  ['cci(20)', 'cci', [20]],
  ['obv starts at volume[0]', 'obv', []],
  ['roc(10) percent', 'roc', [10], { scale: 100 }],
  ['mom(10)', 'diff', [10]],
  ['williamsR(14)', 'willr', [14]],
  ['mfi(14)', 'mfi', [14]],
  ['stddev(20,ddof0)', 'stddev', [20], { tolerance: 1e-6 }],
  ['correlation(30) of close and volume', 'correlation', [30], { series: [close, volume], tolerance: 1e-6 }],
  ['linearRegressionSlope(20)', 'slope', [20], { tolerance: 1e-6 }],
  ['highest high(20)', 'highest', [20], { series: [high] }],
  ['lowest low(20)', 'lowest', [20], { series: [low] }],
  ['sar(0.02,0.2)', 'sar', [0.02, 0.2]],
];

const pandas: readonly Case[] = [
  ['sma(20)', 'sma', [20]],
  ['stddev(20,ddof0)', 'stddev', [20]],
  ['bollinger(20,2,ddof0).upper', 'bbands', [20, 2], { output: 'upper' }],
  ['bollinger(20,2,ddof0).lower', 'bbands', [20, 2], { output: 'lower' }],
  ['zscore(20,ddof0)', 'zscore', [20]],
  ['linearRegressionSlope(20)', 'slope', [20]],
  ['correlation(30) of close and volume', 'correlation', [30], { series: [close, volume] }],
  ['vwap(20) of typical price', 'vwap', [20]],
  ['percentRank(100): share of the window <= value', 'percentRank', [100]],
  ['highest close(20)', 'highest', [20]],
  ['lowest close(20)', 'lowest', [20]],
  ['rolling volatility(24) of returns, ddof1', 'stddev', [24], { series: [returns], scale: Math.sqrt(24 / 23) }],
];

for (const [peer, cases] of Object.entries({ talib, pandas })) {
  for (const [key, name, constants, more = {}] of cases) {
    test(`${name}(${constants.join(', ')})${more.output ? `.${more.output}` : ''} gives what ${peer} gives`, () => {
      const expected = indicators[peer as 'talib' | 'pandas'][key];
      if (expected === undefined) throw new Error(`the fixture has no ${key}`);
      const takesSeries = functionNamed(name).args.some(({ kind }) => kind === 'series');
      const call = callOf(name, constants, { series: more.series ?? (takesSeries ? [close] : []), columns });
      const output = runBatch(call)[more.output === undefined ? 0 : call.fn.outputs.indexOf(more.output)];
      const values = (output ?? new Float64Array(0)).map((value) => value * (more.scale ?? 1));
      const present = values.filter((value) => !Number.isNaN(value));
      const tolerance = more.tolerance ?? 1e-9;

      expect(values.findIndex((value) => !Number.isNaN(value))).toBe(expected.first);
      expect(present.length).toBe(expected.finite);
      const size = Math.sqrt(expected.sumSq * expected.finite);
      expect(Math.abs(total(present) - expected.sum) / size).toBeLessThanOrEqual(tolerance);
      const squares = total(present.map((value) => value * value));
      expect(Math.abs(squares - expected.sumSq) / expected.sumSq).toBeLessThanOrEqual(2 * tolerance);
      for (const [index, value] of expected.last5.entries()) {
        const ours = values[rows - 5 + index] ?? NaN;
        expect(Math.abs(ours - (value ?? NaN)) / Math.abs(value ?? NaN)).toBeLessThanOrEqual(tolerance);
      }
    });
  }
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

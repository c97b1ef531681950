import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import type { Bars } from '../../../core/market/bars.ts';
import { compileStrategy, evaluateExpression } from '../../../core/strategy/compile.ts';
import { createSeriesCache } from '../../../core/strategy/series-cache.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';

const column = (...values: number[]) => Float64Array.from(values);

function barsOf(close: Float64Array, volume = close.map((_, bar) => bar)): Bars {
  return {
    symbol: 'A',
    timeframe: '1h',
    timeMs: close.map((_, bar) => bar * 3_600_000),
    open: close,
    high: close,
    low: close,
    close,
    volume,
  };
}

const base: Strategy = {
  id: 'STR-900',
  name: 'compiled',
  hypothesis: 'A test.',
  lineage: { source: 'manual' },
  universe: ['A'],
  timeframe: '1h',
  parameters: [],
  constraints: [],
  features: [],
  plugins: [],
  signals: { enterLong: parseTree('close > 0') },
  exits: {},
  sizing: { method: 'fraction', fraction: parseTree('1') },
  costs: { feeBps: 10, slippageBps: 0 },
};

/** Kleene's tables: 1, 0 and missing. In the bars below volume runs through `x`, close through `y`. */
const three = [0, 1, Number.NaN];
const pairs = three.flatMap((x) => three.map((y) => [x, y] as const));
const missingWhere2 = (name: string) => `(${name} < 1.5 ? ${name} : log(0))`;
const asColumn = (values: readonly number[]) => Float64Array.from(values, (value) => (Number.isNaN(value) ? 2 : value));
const kleeneBars = barsOf(asColumn(pairs.map(([, y]) => y)), asColumn(pairs.map(([x]) => x)));
const x = missingWhere2('volume');
const y = missingWhere2('close');

const tables: readonly (readonly [string, (x: number, y: number) => number])[] = [
  [`${x} and ${y}`, (a, b) => (a === 0 || b === 0 ? 0 : a * b)],
  [`${x} or ${y}`, (a, b) => (a === 1 || b === 1 ? 1 : a + b)],
  [`not ${x}`, (a) => 1 - a],
  [`${x} ? ${y} : 7`, (a, b) => (a === 1 ? b : a === 0 ? 7 : NaN)],
  [`${x} == ${y}`, (a, b) => (a - b === 0 ? 1 : Number.isNaN(a - b) ? NaN : 0)],
  [`${x} != ${y}`, (a, b) => (a - b === 0 ? 0 : Number.isNaN(a - b) ? NaN : 1)],
  [`${x} <= ${y}`, (a, b) => (a <= b ? 1 : a > b ? 0 : NaN)],
  [`${x} ^ 0`, (a) => (Number.isNaN(a) ? NaN : 1)],
  [`1 ^ ${x}`, (a) => (Number.isNaN(a) ? NaN : 1)],
  [`not (${x} and not ${y})`, (a, b) => 1 - (a === 0 || b === 1 ? 0 : a * (1 - b))],
];

describe('three-valued logic', () => {
  test.each(tables)('%s', (text, meaning) => {
    const expected = pairs.map(([a, b]) => meaning(a, b));
    expect([...evaluateExpression(parseTree(text), { bars: kleeneBars })]).toEqual(expected);
  });

  test.each(tables)('as a signal, %s fires only where it is true', (text, meaning) => {
    const { enterLong } = compileStrategy({ ...base, signals: { enterLong: parseTree(text) } }).evaluate(
      kleeneBars,
      {},
    );
    expect([...(enterLong ?? [])]).toEqual(pairs.map(([a, b]) => (Math.abs(meaning(a, b)) > 0 ? 1 : 0)));
  });
});

/** Random conditions over three-valued operands: what they are as a number and as a signal must agree. */
const conditions = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(x, y, 'volume', 'close - 1', '1 / close', '0', '0.5'),
    fc
      .tuple(
        tie('tree'),
        fc.constantFrom('and', 'or', '<', '<=', '>', '>=', '==', '!=', '+', '-', '*', '/', '^'),
        tie('tree'),
      )
      .map(([a, operator, b]) => `((${a}) ${operator} (${b}))`),
    tie('tree').map((a) => `(not (${a}))`),
    tie('tree').map((a) => `(-(${a}))`),
    tie('tree').map((a) => `exp(${a})`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `crossover(${a}, ${b})`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `max(${a}, ${b})`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
  ),
})).tree;

test('a signal fires exactly where its value is a number other than 0, and every value is finite or missing', () => {
  fc.assert(
    fc.property(conditions, (text) => {
      const expression = parseTree(text);
      const values = evaluateExpression(expression, { bars: kleeneBars });
      const { enterLong } = compileStrategy({ ...base, signals: { enterLong: expression } }).evaluate(kleeneBars, {});
      expect([...(enterLong ?? [])]).toEqual([...values].map((value) => (Math.abs(value) > 0 ? 1 : 0)));
      expect([...values].some((value) => Math.abs(value) === Infinity)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

describe('refuses what the parameters make impossible, naming the call and its path', () => {
  const parameters = [{ name: 'w', default: 5, min: 0, max: 1e9, step: 1, integer: false }];
  const evaluate = (change: Partial<Strategy>, w: number) =>
    compileStrategy({ ...base, parameters, ...change }).evaluate(barsOf(column(1, 2, 3)), { w });
  const entering = (text: string) => ({ signals: { enterLong: parseTree(text) } });

  test.each([
    ['sma(close, w / 2) > 0', 5, 'sma(close, w / 2): window w / 2 must be an integer >= 1, was 2.5'],
    ['sma(close, w) > 0', 0, 'sma(close, w): window w must be an integer >= 1, was 0'],
    ['rsi(close, w) > 0', 1, 'rsi(close, w): window w must be an integer >= 2, was 1'],
    ['sma(close, w) > 0', 1e7, 'sma(close, w): window w must be at most 1000000, was 10000000'],
    ['quantile(close, 5, w) > 0', 2, 'quantile(close, 5, w): q = w must be in 0..1, was 2'],
    ['sar(w, 1 / 0) > 0', 1, 'was NaN'],
  ])('%s at w = %d', (text, w, message) => {
    expect(() => evaluate(entering(text), w)).toThrow(
      expect.objectContaining({
        code: 'BadInput',
        message: expect.stringContaining(message),
        place: { path: 'signals.enterLong' },
      }),
    );
  });

  test.each([
    [{ exits: { stopLoss: parseTree('w') } }, 1, 'exits.stopLoss'],
    [{ exits: { maxBars: parseTree('w') } }, 1.5, 'exits.maxBars'],
    [{ sizing: { method: 'fraction' as const, fraction: parseTree('w') } }, 0, 'sizing.fraction'],
  ])('%o at w = %d', (change, w, path) => {
    expect(() => evaluate(change, w)).toThrow(expect.objectContaining({ code: 'BadInput', place: { path } }));
  });
});

describe('what is computed once', () => {
  test('equal calls of signals, features and strategies share one series', () => {
    const bars = barsOf(column(1, 2, 3, 4));
    const cache = createSeriesCache(bars);
    const keys: string[] = [];
    const counting = {
      ...cache,
      get: (...args: Parameters<typeof cache.get>) => (keys.push(args[0]), cache.get(...args)),
    };
    const features = [{ name: 'mean', expression: parseTree('sma(close, 1 + 1)') }];
    const signals = { enterLong: parseTree('close > mean'), exitLong: parseTree('close < sma(close, 2)') };
    compileStrategy({ ...base, features, signals }).evaluate(bars, {}, counting);
    const other = { ...base, signals: { enterLong: parseTree('hour > 3 and lag(sma(close, 2), 1) > 0') } };
    compileStrategy(other).evaluate(bars, {}, counting);
    expect(keys.filter((key) => key.startsWith('sma|'))).toHaveLength(3);
    expect(new Set(keys.filter((key) => key.startsWith('sma|'))).size).toBe(1);
  });

  test('a chain of features that each use the last one twice stays small', () => {
    const features = Array.from({ length: 200 }, (_, at) => ({
      name: `f${at}`,
      expression: parseTree(
        at === 0 ? 'close' : `0.5 * f${at - 1} + 0.5 * lag(f${at - 1}, 0) + 0.25 * f${at - 1} - 0.25 * f${at - 1}`,
      ),
    }));
    const { enterLong } = compileStrategy({
      ...base,
      features,
      signals: { enterLong: parseTree('f199 > 2.5') },
    }).evaluate(barsOf(column(1, 2, 3, 4)), {});
    expect([...(enterLong ?? [])]).toEqual([0, 0, 1, 1]);
  });
});

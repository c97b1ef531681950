import { expect, test } from 'vitest';
import { DeskError } from '../../../../core/errors.ts';
import { seriesFunctions } from '../../../../core/strategy/functions/index.ts';
import type { ArgumentSpec, SavedState } from '../../../../core/strategy/functions/series-function.ts';
import { functionNamed } from './run.ts';

function argumentText(argument: ArgumentSpec): string {
  if (argument.kind === 'series') return argument.name;
  const preset = argument.kind === 'window' && argument.default !== undefined ? ` = ${argument.default}` : '';
  const most = argument.kind === 'constant' && argument.max !== undefined ? ` <= ${argument.max}` : '';
  return `${argument.name}${argument.min === undefined ? '' : ` >= ${argument.min}`}${most}${preset}`;
}

test('the functions are called as the specification says', () => {
  const calls = [...seriesFunctions.values()].map(({ name, args, outputs }) => {
    const dots = outputs.length === 1 ? '' : ` .${outputs.join(' .')}`;
    return `${name}(${args.map(argumentText).join(', ')})${dots}`;
  });
  expect(calls).toMatchInlineSnapshot(`
    [
      "lag(x, k >= 0)",
      "diff(x, k >= 1 = 1)",
      "roc(x, k >= 1)",
      "sma(x, w >= 1)",
      "ema(x, w >= 1)",
      "wma(x, w >= 1)",
      "dema(x, w >= 1)",
      "tema(x, w >= 1)",
      "wilder(x, w >= 1)",
      "rsi(x, w >= 2)",
      "cci(w >= 2)",
      "willr(w >= 1)",
      "mfi(w >= 2)",
      "obv()",
      "trueRange()",
      "atr(w >= 1)",
      "natr(w >= 1)",
      "adx(w >= 2)",
      "plusDi(w >= 1)",
      "minusDi(w >= 1)",
      "macd(x, fast >= 2, slow >= 2, signal >= 2) .line .signal .histogram",
      "bbands(x, w >= 1, mult) .upper .middle .lower",
      "stoch(kWindow >= 1, kSmooth >= 1, dSmooth >= 1) .k .d",
      "sar(step, max)",
      "highest(x, w >= 1)",
      "lowest(x, w >= 1)",
      "sum(x, w >= 1)",
      "stddev(x, w >= 1)",
      "median(x, w >= 1)",
      "zscore(x, w >= 1)",
      "quantile(x, w >= 1, q >= 0 <= 1)",
      "percentRank(x, w >= 1)",
      "slope(x, w >= 2)",
      "correlation(x, y, w >= 2)",
      "beta(x, y, w >= 2)",
      "vwap(w >= 1)",
      "crossover(a, b)",
      "crossunder(a, b)",
      "barsSince(c)",
      "valueWhen(c, x)",
    ]
  `);
});

test('every function says what it computes, in one sentence', () => {
  for (const { name, summary } of seriesFunctions.values()) {
    expect(summary, name).toMatch(/^[A-Z0-9].*\.$/);
  }
});

test('macd refuses a fast mean that is not faster', () => {
  const { check } = functionNamed('macd');
  expect(check?.([12, 26, 9])).toBeUndefined();
  expect(check?.([26, 26, 9])).toBe('fast must be < slow, was fast 26 and slow 26');
  expect(check?.([30, 26, 9])).toBe('fast must be < slow, was fast 30 and slow 26');
});

test.each<[name: string, constants: number[], saved: SavedState]>([
  ['sma', [10], null],
  ['sma', [10], {}],
  ['sma', [10], { sum: { cells: [0, 0, 0, 0] } }],
  ['ema', [10], { cells: [1] }],
  ['ema', [10], { cells: [1, 'x'] }],
  ['ema', [10], { cells: [1, null] }],
  ['ema', [10], 'cells'],
])('%s(%j) refuses the saved state %j', (name, constants, saved) => {
  expect(() => functionNamed(name).create(constants, saved)).toThrow(DeskError);
});

test('the state of one window is refused by another', () => {
  const saved = functionNamed('highest').create([10]).save();
  expect(() => functionNamed('highest').create([11], saved)).toThrow(
    'the saved state belongs to another function or window',
  );
});

test('saved state keeps NaN, -0 and infinities through JSON', () => {
  const run = functionNamed('lag').create([4]);
  const output = new Float64Array(4);
  run.advance([Float64Array.of(NaN, -0, Infinity, -Infinity)], [output], 0, 4);
  const saved = JSON.parse(JSON.stringify(run.save())) as SavedState;
  functionNamed('lag')
    .create([4], saved)
    .advance([new Float64Array(4)], [output], 0, 4);
  expect([...output]).toEqual([NaN, -0, Infinity, -Infinity]);
});

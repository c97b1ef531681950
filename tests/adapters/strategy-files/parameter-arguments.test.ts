import { describe, expect, test } from 'vitest';
import { checkStrategyText } from '../../../adapters/strategy-files/check-strategy.ts';
import { gridPoints, parseGrid, parseSet } from '../../../adapters/strategy-files/parameter-arguments.ts';
import { DeskError, errorLine } from '../../../core/errors.ts';

const { strategy } = checkStrategyText(`id: STR-001
name: A name
universe: [BTC/USDT]
timeframe: 1h
parameters:
  fast: { default: 10, min: 2, max: 50, step: 1 }
  slow: { default: 50, min: 10, max: 200, step: 5 }
  share: { default: 0.5, min: 0.1, max: 0.9, step: 0.1 }
constraints: [fast < slow]
signals: { enterLong: close > open }
`);
if (strategy === undefined) throw new Error('the strategy of the test is bad');

const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'BadInput') {
      return errorLine({ message: thrown.message, ...thrown.place });
    }
    throw thrown;
  }
  return 'accepted';
};

describe('--set', () => {
  test('takes one or several a time', () => {
    expect(parseSet(strategy, ['fast=3,slow=20', 'share = 0.25'])).toEqual({ fast: 3, slow: 20, share: 0.25 });
    expect(parseSet(strategy, [])).toEqual({});
  });

  test.each([
    ['fast', '--set: not understood, expected name=value, found fast'],
    ['fast=', '--set: not understood, expected name=value, found fast='],
    ['fast=three', '--set: fast: three is not a number'],
    ['fast=0x10', '--set: fast: 0x10 is not a number'],
    ['fast=1e999', '--set: fast: 1e999 is not a number'],
    ['fast=3.5', '--set: fast: 3.5 is not an integer'],
    ['fast=1', '--set: fast: 1 is outside 2..50'],
    ['share=0.95', '--set: share: 0.95 is outside 0.1..0.9'],
    ['fast=3,fast=4', '--set: fast is given twice'],
    ['fsat=3', '--set: unknown parameter fsat, expected one of fast slow share (did you mean fast?)'],
    ['fast=50,slow=20', '--set: the parameters break the constraint fast < slow'],
    ['slow=10', '--set: the parameters break the constraint fast < slow'],
  ])('refuses %s', (setting, message) => {
    expect(refused(() => parseSet(strategy, [setting]))).toBe(message);
  });
});

describe('--grid', () => {
  test('is in file order whatever the order of the arguments; other parameters are left out', () => {
    expect(parseGrid(strategy, ['slow=10,20', 'fast=3:21:6'])).toEqual([
      { name: 'fast', values: [3, 9, 15, 21] },
      { name: 'slow', values: [10, 20] },
    ]);
  });

  // from + i * step to 12 digits: 0.1 + 2 * 0.1 is 0.30000000000000004 in doubles.
  test.each([
    ['share=0.1:0.3:0.1', [0.1, 0.2, 0.3]],
    ['share=0.1:0.9:0.2', [0.1, 0.3, 0.5, 0.7, 0.9]],
    ['share=0.1:0.35:0.1', [0.1, 0.2, 0.3]],
    ['share=0.5:0.5:0.1', [0.5]],
    ['fast=3:10:3', [3, 6, 9]],
  ])('%s', (range, values) => {
    expect(parseGrid(strategy, [range])[0].values).toEqual(values);
  });

  test('without arguments is every parameter over its range', () => {
    const grid = parseGrid(strategy, []);
    expect(grid.map(({ name, values }) => [name, values.length, values[0], values.at(-1)])).toEqual([
      ['fast', 49, 2, 50],
      ['slow', 39, 10, 200],
      ['share', 9, 0.1, 0.9],
    ]);
    expect(gridPoints(strategy)).toBe(49 * 39 * 9);
  });

  test.each([
    ['fast', '--grid: not understood, expected name=from:to:step or name=a,b,c, found fast'],
    ['fsat=3:5:1', '--grid: unknown parameter fsat, expected one of fast slow share (did you mean fast?)'],
    ['fast=3:5', '--grid: fast: 3:5, expected from:to:step or a,b,c'],
    ['fast=3:5:0', '--grid: fast: the step 0 is not above 0'],
    ['fast=5:3:1', '--grid: fast: 5:3 runs backwards'],
    ['fast=3:5:0.5', '--grid: fast: 3.5 is not an integer'],
    ['fast=1:5:1', '--grid: fast: 1 is outside 2..50'],
    ['fast=3,3', '--grid: fast: a value is given twice'],
    ['fast=3,,4', '--grid: fast:  is not a number'],
    ['share=0.1:0.9:1e-9', '--grid: share: 800000001 values'],
  ])('refuses %s', (range, message) => {
    expect(refused(() => parseGrid(strategy, [range]))).toBe(message);
  });

  test('refuses a parameter that is given twice', () => {
    expect(refused(() => parseGrid(strategy, ['fast=3', 'fast=4']))).toBe('--grid: fast is given twice');
  });

  test('more than a million points need a yes', () => {
    const ranges = ['fast=2:50:1', 'slow=10:200:5', 'share=0.1:0.9:0.001'];
    expect(refused(() => parseGrid(strategy, ranges))).toBe(
      '--grid: 1,530,711 points, expected at most 1,000,000, or --yes',
    );
    expect(parseGrid(strategy, ranges, { yes: true }).map(({ values }) => values.length)).toEqual([49, 39, 801]);
  });
});

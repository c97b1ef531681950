import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../../core/math/normal.ts';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_fracdiff';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

/** The catalogue's search fixture: a drifting walk of 600 low-discrepancy normal steps. */
let level = Math.log(100);
const walk = Array.from({ length: 600 }, (_, i) => {
  const draw = normalQuantile(((i + 1) ** 2 * Math.SQRT2) % 1);
  level += 0.01 * draw + 0.0002;
  return level;
});
const search: Params = { search: {}, threshold: 1e-3, transform: 'none' };

const values = (minLength: number) =>
  fc.array(
    fc.integer({ min: 1, max: 10_000 }).map((value) => value / 100),
    { minLength, maxLength: 60 },
  );

describe('fe_fracdiff', () => {
  // mlfinpy util.frac_diff.frac_diff_ffd(log price, d, threshold), as the catalogue gives it
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-12);
  });

  test('finds the order of the search fixture', () => {
    const out = run({ series: walk }, search);
    // statsmodels 0.15.0: adfuller(y, maxlag=1, regression='c', autolag=None), numpy corrcoef
    expect(out).toMatchObject({ found: true, d: 0.15 });
    const at = (d: number) => out.search?.find((trial) => trial.d === d);
    const [first, second, last] = [at(0.1), at(0.15), at(1)];
    expectSubset(first, { adf: -2.4054980521, pValue: 0.1401906335, correlation: 0.9917469292, passed: false }, 1e-8);
    expectSubset(second, { adf: -2.9250102513, pValue: 0.0425159895, correlation: 0.9772376919, passed: true }, 1e-8);
    expectSubset(last, { adf: -17.0195957493, critical5: -2.8670504451, nobs: 526 }, 1e-8);
    expect(Math.max(...(out.search ?? []).map(({ width }) => width))).toBe(73);
  });

  test.each([
    [1e-4, 0.1, 503],
    [1e-4, 0.3, 388],
    [1e-4, 0.4, 282],
    [1e-4, 0.5, 200],
    [1e-5, 0.1, 4076],
    [1e-5, 0.4, 1458],
  ])('at threshold %d the window of d %d is %d wide', (threshold, d, width) => {
    const series = Array<number>(width).fill(1);
    expect(run({ series }, { d, threshold, maxWidth: width })).toMatchObject({ width, offset: width - 1 });
  });

  // A search is not in this list: it chooses d on the whole series.
  test('carried over any cuts is one batch, and no value depends on the future', () => {
    const cases = fc.record({
      series: values(12),
      places: fc.array(fc.nat(60), { maxLength: 5 }),
      d: fc.constantFrom(0, 0.3, 0.5, 1, 1.7),
      correction: fc.constantFrom('none' as const, 'zeroSum' as const),
    });
    fc.assert(
      fc.property(cases, ({ series, places, ...params }) => {
        const all = { ...params, threshold: 0.02, maxWidth: 12 };
        const whole = run({ series }, all);
        const width = whole.width ?? 0;
        const pieces = [series.slice(0, width), ...cutAt(series.slice(width), places)].filter(
          ({ length }) => length > 0,
        );
        const parts = carried(
          (input: Input) => {
            const { state = {}, ...output } = run(input, all);
            return { ...output, state };
          },
          pieces.map((piece) => ({ series: piece })),
        );
        expect(parts.flatMap((part) => part.values)).toEqual(whole.values);
        expect(parts.at(-1)?.state).toEqual(whole.state);
        const prefix = run({ series: series.slice(0, 12) }, all);
        expect(prefix.values).toEqual(whole.values?.slice(0, prefix.values?.length));
      }),
    );
  });

  test('whole orders are plain differences, and a constant is gone where weights sum to zero', () => {
    fc.assert(
      fc.property(values(5), (series) => {
        const plain = { transform: 'none' as const, maxWidth: 5 };
        expectSubset(run({ series }, { ...plain, d: 0 }).values, series);
        const once = series.slice(1).map((value, i) => value - series[i]);
        expectSubset(run({ series }, { ...plain, d: 1 }).values, once);
        const twice = once.slice(1).map((value, i) => value - once[i]);
        expectSubset(run({ series }, { ...plain, d: 2 }).values, twice, 1e-12);
        const zeroSum = { ...plain, d: 0.4, threshold: 0.05, correction: 'zeroSum' as const };
        const shifted = run({ series: series.map((value) => value + 1000) }, zeroSum);
        expectSubset(shifted.values, run({ series }, zeroSum).values, 1e-10);
      }),
    );
  });

  test('a search that nothing passes says so, and no more', () => {
    const out = run({ series: walk }, { ...search, search: { to: 0.1 } });
    expect(Object.keys(out).toSorted()).toEqual(['found', 'search']);
    expect(out.found).toBe(false);
  });

  test('orders whose window is too wide are skipped', () => {
    const { search: trials = [] } = run({ series: walk }, { ...search, maxWidth: 60 });
    const tested = trials.flatMap((trial) => ('skipped' in trial ? [] : [trial]));
    const widest = Math.max(...tested.map(({ width }) => width));
    expect(tested.length).toBeLessThan(trials.length);
    // Every d is tested on the same 600 - widest + 1 values, of which two start the regression.
    expect(tested.every((trial) => trial.nobs === 600 - widest + 1 - 2)).toBe(true);
  });

  test('a state of a shorter tail gives values once the window is full', () => {
    const state = {
      v: 1 as const,
      d: 0.4,
      threshold: 0.05,
      transform: 'none' as const,
      correction: 'none' as const,
      tail: [1],
    };
    expect(run({ series: [2], state })).toMatchObject({ offset: 1, values: [], state: { tail: [1, 2] } });
    expect(run({ series: [2, 3, 4], state })).toMatchObject({ offset: 2, state: { tail: [2, 3, 4] } });
  });

  const series = catalogueCases(id)[0].input['series'] as number[];
  const params = { d: 0.4, threshold: 0.05 };
  const { state } = run({ series }, params);
  test.each<[string, object, object, string]>([
    ['a price of 0', { series: series.with(2, 0) }, params, 'input.series[2]'],
    ['what is not finite', { series: series.with(2, Number.NaN) }, params, 'input.series[2]'],
    ['neither order nor search', { series }, {}, 'params.d'],
    ['order and search', { series }, { d: 1, search: {} }, 'params.d'],
    ['a search with a state', { series, state }, { search: {} }, 'params.search'],
    ['a window over maxWidth', { series }, { ...params, maxWidth: 3 }, 'params.threshold'],
    ['a window without end', { series }, { d: 0.01, threshold: 1e-12 }, 'params.threshold'],
    ['fewer values than weights', { series: series.slice(0, 3) }, { ...params, maxWidth: 10 }, 'input.series'],
    ['a search in 30 rows', { series: walk.slice(0, 33) }, { search: {}, threshold: 0.1 }, 'params.search.lags'],
    ['a grid of 202', { series: walk }, { ...search, search: { step: 0.00497 } }, 'params.search.step'],
    ['an empty grid', { series: walk }, { ...search, search: { from: 0.5, to: 0.4 } }, 'params.search.to'],
    ['a search without variance', { series: Array(100).fill(1) }, { search: {}, threshold: 0.1 }, 'input.series'],
    ['a search of a straight line', { series: walk.map((_, i) => i) }, search, 'input.series'],
    ['an order of 2.1', { series }, { d: 2.1 }, 'params.d'],
    ['another order than the state has', { series, state }, { d: 0.5 }, 'params.d'],
    ['a state of another version', { series, state: { ...state, v: 2 } }, {}, 'input.state.v'],
    ['a tail beyond the window', { series, state: { ...state, tail: [1, 2, 3, 4] } }, {}, 'input.state.tail'],
    ['a state without end', { series, state: { ...state, threshold: 1e-12 } }, {}, 'input.state.threshold'],
  ])('refuses %s and names the field', (_, input, given, path) => {
    expect(() => run(input as Input, given)).toThrow(refusedAt(id, path));
  });
});

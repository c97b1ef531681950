import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_t_stat_threshold';
type Input = PluginInput<typeof id>;
type Test = Input['tests'][number];

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });
const runOne = (only: Partial<Test>, params = {}) => run({ tests: [{ id: 'a', y: [], ...only }] }, params).tests[0];

const [{ input: example }] = catalogueCases(id) as unknown as [{ input: Input }];

/** A signal of 120 periods, and returns that follow it. */
const drawn = (seed: number) => {
  const [x, own] = [roughSeries(seed, 120), roughSeries(seed + 1, 120)];
  return { x, y: x.map((value, t) => 0.3 * value + own[t] + 0.001) };
};
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_t_stat_threshold', () => {
  // statsmodels 0.15.0: OLS.fit(cov_type='HAC', use_correction, use_t), multipletests(p + [1] * 8)
  test.each(catalogueCases(id))('$name', ({ input, params, output: { adjustedPValues, ...output } }) => {
    const actual = run(input as never, params);
    expectSubset(actual, output, 1e-12);
    const adjusted = actual.tests.map(({ adjustedPValue }) => adjustedPValue);
    if (adjustedPValues !== undefined) expectSubset(adjusted, adjustedPValues, 1e-12);
  });

  // statsmodels 0.15.0, as above: params, bse, tvalues and pvalues of the last column
  test.each([
    [
      'a slope, the rule of the lag',
      {},
      [0.45750249584860747, 0.09474643591954324, 4.8287040183454435, 4.1620113380710495e-6],
    ],
    [
      'a slope over ten periods',
      { horizon: 10 },
      [0.45750249584860747, 0.08711962697757919, 5.251428543953118, 6.768720402973156e-7],
    ],
    [
      'a mean, no lag',
      { lag: 0 },
      [0.0018698000000000005, 0.0005767553489799914, 3.241929187664746, 0.001540374317588517],
    ],
  ])('%s', (name, params, [estimate, standardError, tStat, pValue]) => {
    const { x, y } = drawn(1);
    const output = runOne(name.startsWith('a mean') ? { y } : { x, y }, params);
    expectSubset(output, { estimate, standardError, tStat, pValue }, 1e-10);
  });

  test('a one-sided test halves p of a good signal and refuses its opposite', () => {
    const { x, y } = drawn(1);
    const [both, up] = [runOne({ x, y }), runOne({ x, y }, { alternative: 'greater' })];
    expect(up.pValue).toBeCloseTo(both.pValue / 2, 15);
    const down = runOne({ x: x.map((value) => -value), y, currentSignal: 1 }, { alternative: 'greater' });
    expect(down).toMatchObject({ passed: false, quality: 0, filteredSignal: 0 });
    expect(down.pValue).toBeCloseTo(1 - up.pValue, 13);
  });

  test('neither units nor where x stands change t; the sign of y turns it', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1e-4, 3, 1e6), (seed, unit) => {
        const { x, y } = drawn(seed);
        const plain = runOne({ x, y });
        const other = runOne({ x: x.map((value) => 7 + value / 2), y: y.map((value) => unit * value) });
        expectSubset(other, { tStat: plain.tStat, pValue: plain.pValue, estimate: 2 * unit * plain.estimate }, 1e-8);
        const turned = runOne({ x, y: y.map((value) => -value) });
        expectSubset(turned, { tStat: -plain.tStat, pValue: plain.pValue, quality: plain.quality });
      }),
      { numRuns: 50 },
    );
  });

  test('corrections only raise p, harsher ones more, and more tests more', () => {
    const tests = [1, 2, 3, 4, 5].map((seed) => ({ id: `${seed}`, ...drawn(seed * 1_000) }));
    const adjusted = (correction: string, priorTests = 0) =>
      run({ tests }, { correction, priorTests }).tests.map(({ adjustedPValue }) => adjustedPValue);
    const atMost = (low: number[], high: number[]) =>
      low.forEach((value, i) => expect(value).toBeLessThanOrEqual(high[i] + 1e-15));
    const chains = [
      ['none', 'bh', 'bhy'],
      ['none', 'bh', 'holm', 'bonferroni'],
    ];
    for (const chain of chains) {
      chain.slice(1).forEach((harsher, i) => atMost(adjusted(chain[i]), adjusted(harsher)));
      for (const correction of chain.slice(1)) atMost(adjusted(correction), adjusted(correction, 20));
    }
    expect(adjusted('none', 20)).toEqual(adjusted('none'));
    expect(run({ tests }, { priorTests: 1e9 })).toMatchObject({ family: 1e9 + 5 });
  });

  test('the order of the tests orders the answer', () => {
    const tests = [1, 2, 3].map((seed) => ({ id: `${seed}`, ...drawn(seed * 7) }));
    expect(run({ tests: tests.toReversed() }).tests).toEqual(run({ tests }).tests.toReversed());
  });

  test('quality rises from the hurdle to fullT, and scales the live signal', () => {
    const { x, y } = drawn(1); // t is 4.83
    const quality = (hurdle: number, fullT: number) => runOne({ x, y, currentSignal: -0.5 }, { hurdle, fullT });
    expect(quality(2, 3)).toMatchObject({ quality: 1, filteredSignal: -0.5, passed: true });
    expect(quality(4, 6).quality).toBeCloseTo(0.4143520091727217, 9);
    expect(quality(4, 6).filteredSignal).toBeCloseTo(-0.2071760045863609, 9);
    expect(quality(5, 6)).toMatchObject({ quality: 0, filteredSignal: 0, passed: false });
    expect(runOne({ x, y })).not.toHaveProperty('filteredSignal');
  });

  const [first, second] = example.tests;
  test.each<[string, Test[], Record<string, unknown>, string]>([
    ['too few returns', [{ id: 'a', y: first.y.slice(0, 19) }], {}, 'input.tests[0].y'],
    ['a signal of another length', [second, { ...first, x: first.y.slice(1) }], {}, 'input.tests[1].x'],
    ['a signal that stands still', [{ ...first, x: first.y.map(() => 0.1) }], {}, 'input.tests[0].x'],
    ['returns that stand still', [{ id: 'a', y: first.y.map(() => 0.1) }], {}, 'input.tests[0].y'],
    ['returns of nothing', [{ id: 'a', y: first.y.map(() => 0) }], {}, 'input.tests[0].y'],
    [
      'returns that are the signal',
      [{ id: 'a', y: first.y, x: first.y.map((value) => 1 - 3 * value) }],
      {},
      'input.tests[0].y',
    ],
    ['returns beyond computing', [{ id: 'a', y: first.y.map((value) => value * 1e300) }], {}, 'input.tests[0].y'],
    ['full quality at the hurdle', [first], { hurdle: 3, fullT: 3 }, 'params.fullT'],
    ['one id twice', [first, { ...second, id: first.id }], {}, 'input.tests[1].id'],
    ['no test', [], {}, 'input.tests'],
    ['not finite', [first, { ...second, y: second.y.with(4, Infinity) }], {}, 'input.tests[1].y[4]'],
    ['a live signal beyond 1', [{ ...first, currentSignal: 1.1 }], {}, 'input.tests[0].currentSignal'],
  ])('refuses %s and names the field', (_, tests, params, path) => {
    expect(() => run({ tests }, params)).toThrow(refusedAt(id, path));
  });
});

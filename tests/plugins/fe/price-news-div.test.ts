import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_price_news_div';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const [{ input: exampleInput, params: exampleParams }] = catalogueCases(id) as unknown as [
  { input: Input; params: Params },
];

/** Bars a minute apart whose log returns are steps / 1000, with one item in each bar that has a score. */
const market = (steps: readonly number[], scores: readonly number[]): Input => {
  let price = 100;
  return {
    times: [0, ...steps].map((_, i) => i * 60_000),
    closes: [price, ...steps.map((step) => (price *= Math.exp(step / 1000)))],
    news: scores.flatMap((score, i) => (score === 0 ? [] : [{ time: i * 60_000 + 1, score }])),
  };
};
const steps = [3, -2, 1, 4, -5, 2, -1, 6, -3, 2, 5, -4];
const scores = [0.5, -0.2, 0.1, 0.3, -0.4, 0, 0, 0.6, -0.1, 0.2, 0.9, -0.7];
/** Ten bars of the above, then an event. */
const withEvent = (step: number, score: number) =>
  run(market([...steps.slice(0, 10), step], [...scores.slice(0, 10), score]), { window: 10 }).last.label;

describe('fe_price_news_div', () => {
  // statsmodels 0.15.0: OLS(r, add_constant(x)).fit().get_prediction([[1, x_t]]); p by scipy.stats.t.sf
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-10);
  });

  test('an event of two bars', () => {
    const out = run(exampleInput, { ...exampleParams, horizonBars: 2 });
    // the catalogue: (R - z @ params) / sqrt(scale (k + z inv(A'A) z)) with statsmodels 0.15.0
    expectSubset(out, { offset: 14, divergence: [-0.34141430492827957, -3.375389364310221] }, 1e-10);
  });

  test('names what happened', () => {
    expect(withEvent(3, 0.5)).toBe('aligned');
    expect(withEvent(40, 0)).toBe('unexplainedMove');
    expect(withEvent(-40, 0.9)).toBe('contradiction');
    expect(withEvent(60, 0.9)).toBe('overreaction');
    expect(withEvent(3, 1)).toBe('underreaction');
  });

  test('without news the move is held against the mean alone', () => {
    const { last, newsBeta } = run({ ...market(steps, []), news: [] }, { window: 10 });
    expect(last).toMatchObject({ newsZ: 0, degreesOfFreedom: 9 });
    expect(last).not.toHaveProperty('newsBetaT');
    expect(last).not.toHaveProperty('correlation');
    expect(newsBeta).toEqual([0, 0]);
  });

  test('the value of a bar depends on its window and event only, and the order of news does not matter', () => {
    const step = fc.integer({ min: -20, max: 20 });
    const score = fc.integer({ min: -10, max: 10 }).map((value) => value / 10);
    const bars = fc.array(fc.tuple(step, score), { minLength: 24, maxLength: 50 });
    fc.assert(
      fc.property(bars, fc.constantFrom(1, 2, 5), (pairs, horizonBars) => {
        const noisy = pairs.map(([value], i) => value + (i % 7) / 3 + (i % 3));
        const input = market(
          noisy,
          pairs.map(([, value]) => value),
        );
        const params = { window: 12, horizonBars };
        const all = run({ ...input, news: input.news.toReversed() }, params);
        const end = input.closes.length;
        const from = end - (12 + horizonBars + 1);
        const last = run({ ...input, times: input.times.slice(from), closes: input.closes.slice(from) }, params);
        expect(last.divergence).toEqual(all.divergence.slice(-1));
        const before = run({ ...input, times: input.times.slice(0, -1), closes: input.closes.slice(0, -1) }, params);
        expect(before.divergence).toEqual(all.divergence.slice(0, -1));
        const scaled = run({ ...input, closes: input.closes.map((close) => close * 8) }, params);
        expectSubset(scaled.divergence, all.divergence, 1e-7);
      }),
    );
  });

  test('mirrored prices and news mirror the divergence', () => {
    const mirror = (values: readonly number[]) => values.map((value) => -value);
    const a = run(market(steps, scores), { window: 10 });
    const b = run(market(mirror(steps), mirror(scores)), { window: 10 });
    expectSubset(b.divergence, mirror(a.divergence), 1e-12);
    expectSubset(b.newsBeta, a.newsBeta, 1e-12);
  });

  const good = market(steps, scores);
  const params = { window: 10 };
  test.each<[string, object, object, string]>([
    ['a close of 0', { ...good, closes: good.closes.with(3, 0) }, params, 'input.closes[3]'],
    ['what is not finite', { ...good, closes: good.closes.with(3, Number.NaN) }, params, 'input.closes[3]'],
    ['times that stand still', { ...good, times: good.times.with(3, 120_000) }, params, 'input.times[3]'],
    ['other lengths', { ...good, times: good.times.slice(1) }, params, 'input.closes'],
    ['too few bars', good, { window: 12 }, 'input.closes'],
    ['a score beyond 1', { ...good, news: [{ time: 1, score: 1.1 }] }, params, 'input.news[0].score'],
    ['a weight of 0', { ...good, news: [{ time: 1, score: 1, weight: 0 }] }, params, 'input.news[0].weight'],
    ['a price that stands still', { ...good, closes: good.closes.map(() => 5) }, params, 'input.closes[11]'],
    [
      'news that explain the price exactly',
      market(
        steps,
        steps.map((step) => step / 10),
      ),
      params,
      'input.closes[11]',
    ],
    ['a short window', good, { window: 7 }, 'params.window'],
    ['a long event', good, { horizonBars: 21 }, 'params.horizonBars'],
    ['a level of 1', good, { alpha: 1 }, 'params.alpha'],
  ])('refuses %s and names the field', (_, input, given, path) => {
    expect(() => run(input as Input, given)).toThrow(refusedAt(id, path));
  });
});

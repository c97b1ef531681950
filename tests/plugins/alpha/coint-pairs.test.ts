import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_coint_pairs';
type Input = PluginInput<typeof id>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const sums = (values: readonly number[]) => {
  let total = 0;
  return values.map((value) => (total += value));
};
/** Two random walks, and a third series that their sum draws back: one relation, log(0) = 0.6 log(1) + 0.4 log(2). */
function drawn(seed: number, rows = 300): Input {
  const [w, v] = [sums(roughSeries(seed, rows)), sums(roughSeries(seed + 1, rows))];
  let gap = 0;
  const gaps = roughSeries(seed + 2, rows).map((value) => (gap = 0.7 * gap + value));
  const logs = [w.map((value, t) => 5 + 0.6 * value + 0.4 * v[t] + gaps[t]), w.map((x) => x + 2), v.map((x) => x - 3)];
  return { series: logs.map((log, i) => ({ symbol: 'ABC'[i], prices: log.map(Math.exp) })) };
}
const ofLogs = (...logs: number[][]): Input => ({
  series: logs.map((log, i) => ({ symbol: `S${i}`, prices: log.map(Math.exp) })),
});
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_coint_pairs', () => {
  // statsmodels 0.15.0: coint_johansen and VECM
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), output, 1e-8);
  });

  // statsmodels 0.15.0 coint_johansen(Y, det_order, k_ar_diff), adjustment speeds from numpy 2.4.6
  test.each([
    {
      params: { detOrder: 0, kArDiff: 1 },
      eigenvalues: [0.14839816077993587, 0.015325770180855227, 0.007835192065947549],
      traceStat: [54.81610419429722, 6.946520694123134, 2.344082442926849],
      maxEigStat: [47.86958350017409, 4.6024382511962845, 2.344082442926849],
      beta: [1, -0.6184500254905153, -0.3833228968756206],
      alpha: [-0.26721195012756743, 0.07333381037739763, 0.05804829828524171],
      rank: 1,
    },
    {
      params: { detOrder: -1, kArDiff: 3 },
      eigenvalues: [0.019319926142219727, 0.013819253726611781, 0.0015240933062693612],
      traceStat: [10.345164338520854, 4.570501796201202, 0.4514757517008728],
      maxEigStat: [5.774662542319651, 4.1190260445003295, 0.4514757517008728],
      beta: [1, -1.47595543398905, 0.6888192657407132],
      alpha: [0.00697506885448459, 0.013713172079919607, 0.0024149697711099974],
      rank: 0,
    },
    {
      params: { detOrder: 0, kArDiff: 2, logPrices: false },
      eigenvalues: [0.1382008891663421, 0.015764171623406317, 0.008330618014278169],
      traceStat: [51.37753839173741, 7.203811981665986, 2.484556926608669],
      maxEigStat: [44.173726410071424, 4.7192550550573165, 2.484556926608669],
      beta: [1, -12.3460489765114, -1158.4551298795154],
      alpha: [-0.2687111241712657, 0.004254040873379056, 2.3957029824103258e-5],
      rank: 1,
    },
  ])('a basket of three with $params, as statsmodels has it', ({ params, ...expected }) => {
    const output = run(drawn(7), params);
    expectSubset(output, { ...expected, rankMaxEig: expected.rank }, 1e-8);
    expect(output.traceCritical).toHaveLength(3);
  });

  test('without lagged changes: the closed form, where statsmodels pairs changes with the wrong levels', () => {
    // numpy 2.4.6: eigenvalues of S11^-1 S10 S00^-1 S01
    const pair = { series: drawn(7).series.slice(0, 2) };
    const expected = {
      eigenvalues: [0.05687429842342201, 0.003091186961904308],
      traceStat: [18.43385235717936, 0.9256963901763715],
      beta: [1, -0.7296814401836955],
      alpha: [-0.0739393205732684, 0.04005222002556705],
    };
    expectSubset(run(pair, { kArDiff: 0 }), expected, 1e-8);
  });

  test('the unit of a price changes nothing but the level of the spread', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1e-6, 0.3, 1e4), (seed, unit) => {
        const input = drawn(seed);
        const [first, ...rest] = input.series;
        const plain = run(input);
        const other = run({ series: [{ ...first, prices: first.prices.map((price) => unit * price) }, ...rest] });
        const { traceStat, beta, alpha, ar1, spread, signal, confidence } = plain;
        expectSubset(
          other,
          { traceStat, beta, alpha, ar1, signal, confidence, spread: { z: spread.z, std: spread.std } },
          1e-6,
        );
        expectSubset(other.spread.mean, spread.mean + Math.log(unit), 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  test('the order of the series turns the relation, not the test', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const series = drawn(seed).series.slice(0, 2);
        const [plain, other] = [run({ series }), run({ series: series.toReversed() })];
        expectSubset(other.traceStat, plain.traceStat, 1e-7);
        expectSubset(other.beta[1] * plain.beta[1], 1, 1e-6);
        expectSubset(other.ar1, plain.ar1, 1e-7);
        expectSubset(other.spread.z * Math.sign(plain.beta[1]), plain.spread.z, 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  test('the eigenvalues fall, the trace sums them, and the legs hold one unit of gross notional', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { eigenvalues, traceStat, maxEigStat, position, legs, beta } = run(drawn(seed), { entryZ: 0.6 });
        eigenvalues.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(eigenvalues[i]));
        maxEigStat.forEach((value, r) => expectSubset(traceStat[r] - (traceStat[r + 1] ?? 0), value));
        const gross = legs.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
        expect(gross).toBeCloseTo(Math.abs(position), 12);
        legs.forEach(({ weight }, i) => expectSubset(weight * beta[0], legs[0].weight * beta[i]));
      }),
      { numRuns: 30 },
    );
  });

  // The example's z is 1.786 above its mean.
  const [{ input: example }] = catalogueCases(id) as unknown as [{ input: Input }];
  const { state } = run(example);
  test.each([
    [0, { entryZ: 2 }, 0],
    [0, { entryZ: 1.7 }, -1],
    [-1, { entryZ: 2 }, -1],
    [-1, { entryZ: 2, exitZ: 1.8 }, 0],
    [1, { entryZ: 2 }, 0],
    [1, { entryZ: 1.7 }, 0], // closes first, and turns round at the next close
    [-1, { entryZ: 1, stopZ: 1.7 }, 0],
    [0, { entryZ: 1, stopZ: 1.7 }, 0],
    [-1, { significance: 0.99 }, 0],
  ] as const)('from position %d with %j to %d', (held, params, next) => {
    const output = run({ ...example, state: { ...state, position: held } }, params);
    expect(output.position).toBe(next);
    expect(output.state.position).toBe(next);
    expect(output.legs.every(({ weight }) => weight === 0)).toBe(next === 0);
  });

  test('a stopped or unusable relation has no signal, and a rejected one no confidence', () => {
    expect(run(example, { entryZ: 1, stopZ: 1.7 }).signal).toBe(0);
    expect(run(example, { significance: 0.99 })).toMatchObject({ rank: 0, signal: 0, confidence: 0 });
  });

  test('a spread that explodes is not traded and has no half-life', () => {
    const walk = sums(roughSeries(1, 120));
    const explosive = roughSeries(2, 120).map((value, t) => value / 10 + 0.01 * 1.04 ** t);
    const output = run(ofLogs(explosive, walk));
    expect(output.ar1).toBeGreaterThan(1);
    expect(output).not.toHaveProperty('halfLife');
    expect(output).toMatchObject({ position: 0, signal: 0, confidence: 0 });
  });

  test('two noises are of full rank, and a spread that overshoots has a half-life of 0', () => {
    const [a, b] = [roughSeries(1, 200), roughSeries(2, 200)];
    const output = run(ofLogs(a, b));
    expect(output).toMatchObject({ rank: 2, fullRank: true, confidence: 1 });
    const alternating = a.map((value, t) => (t % 2 === 0 ? 0.05 : -0.05) + value / 100);
    expect(run(ofLogs(alternating, sums(b)), { kArDiff: 0 })).toMatchObject({ halfLife: 0 });
  });

  test('a window for z shorter than the series looks at its end', () => {
    const all = run(example);
    const window = run(example, { zWindow: 20 });
    expect(window.spread.mean).not.toBe(all.spread.mean);
    expect(window.spread.last).toBe(all.spread.last);
    expect(run(example, { zWindow: 10_000 }).spread).toEqual(all.spread);
  });

  const { series } = drawn(7);
  const [first, second, third] = series;
  const second2 = (prices: number[]): Input => ({ series: [first, { ...second, prices }] });
  const nothing = Array<number>(120).fill(0);
  const early = sums(roughSeries(1, 120)).map((value, t) => (t < 50 ? value : 0));
  const late = (seed: number) => roughSeries(seed, 120).map((value, t) => (t < 60 ? 0 : value));
  test.each<[string, Input, Record<string, unknown>, string]>([
    ['a price of 0', second2(second.prices.with(5, 0)), {}, 'input.series[1].prices[5]'],
    ['a price not finite', second2(second.prices.with(5, Infinity)), {}, 'input.series[1].prices[5]'],
    ['another length', second2(second.prices.slice(1)), {}, 'input.series[1].prices'],
    ['too few closes', ofLogs(nothing.slice(0, 51), nothing.slice(0, 51)), {}, 'input.series[0].prices'],
    [
      'too few closes for its lags',
      ofLogs(nothing.slice(0, 69), nothing.slice(0, 69)),
      { kArDiff: 10 },
      'input.series[0].prices',
    ],
    ['a constant series', second2(second.prices.map(() => 3)), {}, 'input.series[1].prices'],
    ['a series that is another', second2(first.prices.map((price) => 4 * price)), {}, 'input.series'],
    ['a series that is a power of another', second2(first.prices.map((price) => price ** 2)), {}, 'input.series'],
    [
      'a straight line',
      ofLogs(
        sums(roughSeries(1, 120)),
        nothing.map((_, t) => t / 50),
      ),
      {},
      'input.series',
    ],
    [
      'a first series outside the relation',
      ofLogs(early, late(2), late(3)),
      { kArDiff: 0, detOrder: -1 },
      'input.series[0]',
    ],
    ['one series', { series: [first] }, {}, 'input.series'],
    ['seven series', { series: [first, second, third, first, second, third, first] }, {}, 'input.series'],
    [
      'a state of other series',
      { series, state: { position: 0, beta: [1, 2], mean: 0, std: 1 } },
      {},
      'input.state.beta',
    ],
    ['a state of another shape', { series, state: { position: 1 } as never }, {}, 'input.state.beta'],
    [
      'a state with half a position',
      { series, state: { position: 0.5, beta: [1, 1, 1], mean: 0, std: 1 } as never },
      {},
      'input.state.position',
    ],
    ['an exit at the entry', { series }, { exitZ: 2 }, 'params.exitZ'],
    ['a stop at the entry', { series }, { stopZ: 2 }, 'params.stopZ'],
    ['another significance', { series }, { significance: 0.5 }, 'params.significance'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, params)).toThrow(refusedAt(id, path));
  });
});

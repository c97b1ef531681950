import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { leastSquares } from '../../core/math/least-squares.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, prices, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { johansen, johansenCriticalValues } from './johansen.ts';

const leastRows = 50;

const priced = z.strictObject({
  symbol: z.string().describe('of the series'),
  prices: prices(leastRows).describe('at the same closes'),
});

const position = z.literal([-1, 0, 1]);

const state = z.strictObject({
  position: position.describe('the only field that the next call uses'),
  beta: series(2).describe('cointegrating vector, 1 for the first series'),
  mean: z.number().describe('of the spread, in units of the (log) prices'),
  std: z.number().nonnegative().describe('standard deviation of the spread, same units'),
});

const input = z.strictObject({
  series: z.array(priced).min(2).max(6).describe('at least 50 + kArDiff * N closes; 250 and more for trading'),
  state: state.optional().describe("the last output's"),
});

const params = z.strictObject({
  detOrder: z.literal([0, -1]).default(0).describe('0: unrestricted constant, prices may drift; -1: no constant'),
  kArDiff: z.int().min(0).max(10).default(1).describe('lagged differences: order of the vector autoregression less 1'),
  significance: z
    .literal([0.9, 0.95, 0.99])
    .default(0.95)
    .describe('level of the trace test that a relation must pass'),
  logPrices: z.boolean().default(true).describe('take logarithms of the prices first; false: the prices as they are'),
  zWindow: z.int().min(20).optional().describe('bars of the z-score; all without, and cut to all'),
  entryZ: z
    .number()
    .positive()
    .default(2)
    .describe('z-score of the spread, standard deviations, from which a position is opened'),
  exitZ: z.number().nonnegative().default(0.5).describe('below entryZ'),
  stopZ: z.number().default(4).describe('above entryZ: beyond it the relation is taken for broken'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof params>;
type Position = z.output<typeof position>;

const statistics = () => z.array(z.number().nonnegative());
const criticalValues = () => z.array(z.array(z.number()).length(3)).describe('at 90, 95 and 99 %, a row a rank');

/**
 * Johansen's test and a position in the spread. Every call estimates anew from the series given; the state carries the
 * position only, so calls over pieces are not one call over the whole. Note the unit of the legs: shares of gross
 * notional, not coins.
 */
export const cointPairs = definePlugin({
  id: 'alpha_coint_pairs',
  category: 'alpha',
  kind: 'stateful',
  summary:
    'Whether prices are cointegrated (Johansen), the hedge weights, half-life and z-score of their spread, and a mean-reverting position with hysteresis.',
  reference:
    'Johansen (1991), Econometrica 59; critical values: MacKinnon, Haug & Michelis (1999), Journal of Applied Econometrics 14; Vidyamurthy (2004), Pairs Trading, ch. 5-7',
  input,
  params,
  output: z.strictObject({
    eigenvalues: z.array(z.number().gte(0).lt(1)).describe('falling, one a series'),
    traceStat: statistics().describe('of rank <= 0..N-1'),
    maxEigStat: statistics(),
    traceCritical: criticalValues(),
    maxEigCritical: criticalValues(),
    rank: z.int().describe('number of relations, by trace at `significance`'),
    rankMaxEig: z.int(),
    fullRank: z.boolean().describe('the prices themselves look stationary: no hedge is the one'),
    beta: series(2).describe('first cointegrating vector, 1 for the first series'),
    alpha: series(2).describe('adjustment speeds a bar'),
    spread: z.strictObject({ mean: z.number(), std: z.number(), last: z.number(), z: z.number() }),
    ar1: z.number().describe('autoregressive coefficient of the spread'),
    halfLife: z.number().optional().describe('bars; left out where the spread does not revert'),
    position: position.describe('units of the spread'),
    legs: z.array(z.strictObject({ symbol: z.string(), weight: z.number().describe('share of gross notional') })),
    signal: z.number().min(-1).max(1).describe('for the first series'),
    confidence: fraction().describe('0 at the 90 % level of the trace, 1 at 99 %'),
    state,
  }),
  example: {
    input: {
      series: [
        {
          symbol: 'BTC/USDT',
          prices: [
            64414.6, 66323.1, 63645.5, 66588.2, 66993.9, 66203, 64838.9, 63850.8, 63977, 64860, 64977, 64416.7, 63249.3,
            61212.8, 62446.4, 64294.6, 67051.4, 67460.7, 66375, 67918.2, 69555.7, 68434.4, 67500.2, 67718.7, 68752.6,
            68993.8, 67282, 68980.7, 68981.8, 70637.3, 72707.2, 71628.3, 69312.1, 71208, 71670.8, 71184.5, 71653.4,
            71656.3, 71019.1, 69517.3, 69910.2, 71273.7, 70388.6, 71108.6, 70427.4, 71185.1, 69797.3, 69889.8, 70536.9,
            68420.9, 67143.5, 68661.3, 70012.8, 68344.3, 70437, 67794.3, 67128.5, 66012, 66219.3, 66560.4, 65563.2,
            66128.6, 65891.2, 64760.2, 65979.5, 67163.6, 67463.8, 66851.1, 65854.8, 64922.1, 64354, 63874.2, 64652.3,
            64448.7, 64356.6, 65468.8, 65617.4, 68387.4, 66947.8, 68142.4,
          ],
        },
        {
          symbol: 'ETH/USDT',
          prices: [
            3223.04, 3321.91, 3205.32, 3315.29, 3312.16, 3259.58, 3207.66, 3138.94, 3124.93, 3177.48, 3214.82, 3256.12,
            3147.6, 3050.24, 3146.52, 3208.09, 3351.27, 3433.34, 3363.72, 3451.31, 3494.95, 3510, 3452.92, 3453.11,
            3442.97, 3504.98, 3513.72, 3626.87, 3571.13, 3604.93, 3641.08, 3578.68, 3495.12, 3566.69, 3603.8, 3592.1,
            3620.55, 3571.97, 3589.04, 3545.87, 3559.28, 3630.17, 3605.6, 3667.4, 3592.32, 3571.66, 3475.49, 3468.5,
            3473.96, 3460.28, 3441.81, 3535.31, 3637.43, 3550.06, 3634.41, 3511.3, 3460.09, 3448.11, 3455.78, 3384.14,
            3335.59, 3340.71, 3294.7, 3252.72, 3296.35, 3358.35, 3354.32, 3355.54, 3354.23, 3323.88, 3290.05, 3222.47,
            3264.53, 3259.04, 3250.1, 3263.16, 3297.98, 3393.05, 3374.54, 3347.57,
          ],
        },
      ],
    },
    params: { detOrder: 0, kArDiff: 1, significance: 0.95, logPrices: true, entryZ: 2, exitZ: 0.5, stopZ: 4 },
  },
  compute: (given, terms) => {
    refuseBadParams(terms);
    refuseBadSeries(given, terms);
    const { detOrder, kArDiff, significance, entryZ, stopZ } = terms;
    const levels = given.series.map((each) => Float64Array.from(each.prices, terms.logPrices ? Math.log : Number));
    const test = johansen(levels, { lags: kArDiff, detOrder });
    if (test === undefined) return collinear();
    const critical = johansenCriticalValues(levels.length, detOrder);
    const column = [0.9, 0.95, 0.99].indexOf(significance);
    const rank = rankOf(test.traceStat, critical.trace, column);

    const beta = normalised(test.vector);
    const values = levels[0].map((_, t) => beta.reduce((sum, weight, i) => sum + weight * levels[i][t], 0));
    const ar1 = autoregression(values);
    const spread = standing(values, terms.zWindow);
    const usable = rank >= 1 && ar1 < 1;
    const tradable = usable && Math.abs(spread.z) < stopZ;
    const held = tradable ? nextPosition(given.state?.position ?? 0, spread.z, terms) : 0;
    const gross = beta.reduce((sum, weight) => sum + Math.abs(weight), 0);
    return {
      eigenvalues: test.eigenvalues,
      traceStat: test.traceStat,
      maxEigStat: test.maxEigStat,
      traceCritical: critical.trace,
      maxEigCritical: critical.maxEig,
      rank,
      rankMaxEig: rankOf(test.maxEigStat, critical.maxEig, column),
      fullRank: rank === levels.length,
      beta,
      alpha: test.adjustment,
      spread,
      ar1,
      ...(ar1 < 1 && { halfLife: ar1 <= 0 ? 0 : -Math.LN2 / Math.log(ar1) }),
      position: held,
      legs: given.series.map(({ symbol }, i) => ({ symbol, weight: held === 0 ? 0 : (held * beta[i]) / gross })),
      signal: tradable ? clip(-spread.z / entryZ, -1, 1) : 0,
      confidence: usable ? confidenceOf(test.traceStat[0], critical.trace[0]) : 0,
      state: { position: held, beta, mean: spread.mean, std: spread.std },
    };
  },
});

function refuseBadParams({ entryZ, exitZ, stopZ }: Params): void {
  if (exitZ >= entryZ) refuse('params.exitZ', 'not below entryZ', `less than ${entryZ}`, exitZ);
  if (stopZ <= entryZ) refuse('params.stopZ', 'not above entryZ', `more than ${entryZ}`, stopZ);
}

function refuseBadSeries({ series: all, state: before }: Input, { kArDiff }: Params): void {
  const rows = all[0].prices.length;
  all.forEach((each, i) => {
    refuseUnlessAligned(`input.series[${i}].prices`, each.prices, { path: 'input.series[0].prices', length: rows });
  });
  const least = leastRows + kArDiff * all.length;
  if (rows < least) refuse('input.series[0].prices', 'too short', `at least ${least} closes`, rows);
  all.forEach((each, i) => {
    if (isConstant(each.prices))
      refuse(`input.series[${i}].prices`, 'constant', 'prices that differ', `${rows} times ${each.prices[0]}`);
  });
  if (before !== undefined && before.beta.length !== all.length)
    refuse('input.state.beta', 'of other series', `${all.length} values`, before.beta.length);
}

const collinear = () => refuse('input.series', 'collinear or constant', 'prices that move apart from each other');

/** Rank by tests one after the other, up to the first that does not reject. */
function rankOf(statistic: readonly number[], critical: readonly (readonly number[])[], column: number): number {
  const first = statistic.findIndex((value, rank) => value <= critical[rank][column]);
  return first < 0 ? statistic.length : first;
}

function normalised(vector: readonly number[]): number[] {
  const [first] = vector;
  if (Math.abs(first) < 1e-10 * Math.max(...vector.map(Math.abs)))
    refuse('input.series[0]', 'does not take part in the relation; reorder', 'a series that does, first');
  return vector.map((value) => value / first);
}

/** Coefficient of a first-order autoregression with a constant. */
function autoregression(values: Float64Array): number {
  const before = values.slice(0, -1);
  const changes = before.map((value, t) => values[t + 1] - value);
  const fit = leastSquares([new Float64Array(before.length).fill(1), before], changes);
  return fit === undefined ? collinear() : 1 + fit.coefficients[1];
}

/** Where the last value of the spread stands in its window. */
function standing(values: Float64Array, window = values.length) {
  const part = values.slice(-window);
  const last = part[part.length - 1];
  const [centre, std] = [mean(part), sampleDeviation(part)];
  return { mean: centre, std, last, z: std === 0 ? 0 : (last - centre) / std };
}

function nextPosition(before: Position, zScore: number, { entryZ, exitZ }: Params): Position {
  if (before === 0) return zScore >= entryZ ? -1 : zScore <= -entryZ ? 1 : 0;
  if (before === 1) return zScore >= -exitZ ? 0 : 1;
  return zScore <= exitZ ? 0 : -1;
}

/** Confidence level that a trace statistic reaches, by its critical values, from 90 % (0) to 99 % (1). */
function confidenceOf(statistic: number, [ninety, ninetyFive, ninetyNine]: readonly number[]): number {
  if (statistic < ninety) return 0;
  const level =
    statistic < ninetyFive
      ? 0.9 + (0.05 * (statistic - ninety)) / (ninetyFive - ninety)
      : 0.95 + (0.04 * (statistic - ninetyFive)) / (ninetyNine - ninetyFive);
  return clip((level - 0.9) / 0.09, 0, 1);
}

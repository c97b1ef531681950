import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { mean } from '../../core/math/moments.ts';
import { pearsonMatrix } from '../../core/math/pearson.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { positionLeak } from './position-leak.ts';

const component = z.strictObject({
  id: z.string().describe('name of the forecast'),
  history: series(20).describe('raw forecasts in any unit; the last is the one of now'),
  weight: z
    .number()
    .nonnegative()
    .default(1)
    .describe('of the forecast beside the others; weights are scaled to sum to 1'),
});

const input = z.strictObject({
  components: z.array(component).min(1).max(50),
  position: z.array(z.number()).optional().describe('held at each time of the history, any unit: for the leak test'),
  returns: z.array(z.number()).optional().describe('over the period that ends at each time; required with position'),
});

const params = z.strictObject({
  cap: z.number().positive().default(2).describe('largest forecast, in average absolute forecasts'),
  fdmMax: z.number().gte(1).default(2.5).describe('largest forecast diversification multiplier'),
  leakT: z.number().positive().default(3).describe('|t| of the position above which a forecast has seen it'),
  orthogonalise: z.boolean().default(false).describe('take the position out of the signal where it leaks'),
});

type Component = z.output<typeof component>;
type Input = z.output<typeof input>;

export const positionAgnostic = definePlugin({
  id: 'alpha_position_agnostic',
  category: 'alpha',
  kind: 'pure',
  summary:
    'One target signal from raw forecasts, whatever the desk holds, and a test that no forecast has seen the position.',
  reference:
    'Carver (2015), Systematic Trading, ch. 7-8 and app. B; Garleanu & Pedersen (2013), Journal of Finance 68(6); Frisch, Waugh & Lovell on partial regression',
  input,
  params,
  output: z.strictObject({
    signal: z.number().min(-1).max(1).describe('target in units of cap'),
    rawSignal: z.number().min(-1).max(1).describe('before the position is taken out'),
    confidence: fraction().describe('|weighted vote of the signs|'),
    scalars: z.array(z.number().nonnegative()).describe('1 / mean |forecast|, a component each; 0 for one of zeros'),
    weights: z.array(fraction()).describe('sum to 1'),
    fdm: z.number().positive().describe('forecast diversification multiplier'),
    components: z.array(
      z.strictObject({
        id: z.string(),
        scaled: z.number().describe('forecast of now, in average absolute forecasts, capped'),
        contribution: z.number().describe('to the signal before its cap'),
      }),
    ),
    leak: z
      .strictObject({
        beta: z.number().describe('of the signal (-cap..cap) on the position before'),
        tStat: z.number(),
        partialCorrelation: z.number().min(-1).max(1),
        leaks: z.boolean(),
      })
      .optional()
      .describe('with position only'),
  }),
  example: {
    input: {
      components: [
        {
          id: 'trend',
          history: [
            0.364, 0.664, 0.654, 0.915, 0.655, -0.077, 0.594, 0.785, -0.042, -0.465, -0.713, -0.576, -0.046, 0.077,
            -0.096, 0.091, 0.002, 0.075, -0.191, -0.674, -0.161, -0.289, -0.241, -0.482, -0.699, -0.841, -0.578, -0.09,
            0.127, -0.095,
          ],
          weight: 0.5,
        },
        {
          id: 'breakout',
          history: [
            2.419, 1.004, 1.082, 0.02, 0.133, 0.449, -1.094, -0.227, 0.299, 1.705, -0.017, -1.118, -0.997, 0.822,
            -0.697, -0.23, 1.572, 0.086, -0.381, -0.963, 0.978, 0.911, -0.661, -1.373, -0.447, 0.681, 0.076, -1.017,
            0.331, 0.567,
          ],
          weight: 0.3,
        },
        {
          id: 'carry',
          history: [
            -0.031, 0.166, 0.001, -0.504, -0.663, -1.369, -1.197, -1.738, 0.436, 0.477, 0.05, 0.424, 0.043, -0.779,
            0.169, -0.348, -0.234, -2.118, -0.567, 0.385, -0.389, -0.892, -1.67, -0.719, 1.371, -0.667, 1.01, -0.522,
            1.015, -0.576,
          ],
          weight: 0.2,
        },
      ],
      position: [
        1, 1, 1, 1, 1, -1, 1, 1, -1, 1, -1, -1, -1, -1, -1, 1, -1, 1, -1, 1, -1, -1, -1, 1, -1, 1, -1, 1, -1, -1,
      ],
      returns: [
        -0.0194, 0.0023, -0.0019, 0.0027, -0.0005, 0.0052, 0.0166, -0.0018, 0.0031, -0.0036, -0.017, -0.0024, 0.0154,
        -0.0078, 0.0235, 0.0061, 0.0051, 0.01, 0.0007, 0.0011, 0.014, -0.0065, -0.0008, -0.0112, 0.0018, 0.0312, 0.0126,
        -0.0086, -0.0169, 0.0063,
      ],
    },
    params: { cap: 2, fdmMax: 2.5, leakT: 3, orthogonalise: false },
  },
  compute: (given, { cap, fdmMax, leakT, orthogonalise }) => {
    refuseBadLengths(given);
    const { components, position, returns } = given;
    const { scalars, weights } = scale(components);
    const scaled = components.map(({ history }, j) => scaledBy(scalars[j], history, cap));
    const fdm = Math.min(fdmMax, 1 / Math.sqrt(varianceOfSum(scaled, weights)));
    const combined = combine(scaled, weights).map((value) => clip(fdm * value, -cap, cap));
    const now = combined.length - 1;
    const rawSignal = combined[now] / cap;
    const leak = position && returns && positionLeak({ signal: combined, position, returns }, leakT);
    const takenOut = orthogonalise && position && leak?.leaks === true ? leak.beta * lastFromMean(position) : undefined;

    const vote = weights.reduce((sum, weight, j) => sum + weight * Math.sign(scaled[j][now]), 0);
    return {
      signal: takenOut === undefined ? rawSignal : clip(combined[now] - takenOut, -cap, cap) / cap,
      rawSignal,
      confidence: Math.min(1, Math.abs(vote)),
      scalars,
      weights,
      fdm,
      components: components.map(({ id }, j) => ({
        id,
        scaled: scaled[j][now],
        contribution: (fdm * weights[j] * scaled[j][now]) / cap,
      })),
      ...(leak !== undefined && { leak }),
    };
  },
});

function refuseBadLengths({ components, position, returns }: Input): void {
  const first = { path: 'input.components[0].history', length: components[0].history.length };
  components.forEach(({ history }, j) => refuseUnlessAligned(`input.components[${j}].history`, history, first));
  if (position !== undefined) refuseUnlessAligned('input.position', position, first);
  if (returns !== undefined) refuseUnlessAligned('input.returns', returns, first);
  if (position !== undefined && returns === undefined)
    refuse('input.returns', 'missing', 'returns beside the position: the leak test needs them');
}

/** What gives each forecast an average size of 1, and weights that sum to 1 over the forecasts that say anything. */
function scale(components: readonly Component[]) {
  const scalars = components.map(({ history }) => {
    let total = 0;
    for (let t = 0; t < history.length; t++) total += Math.abs(history[t]);
    const size = total / history.length;
    return size === 0 ? 0 : 1 / size;
  });
  const speaking = scalars.findIndex((scalar) => scalar !== 0);
  if (speaking < 0) refuse('input.components', 'all forecasts are 0', 'a component that forecasts something');
  const counted = components.map(({ weight }, j) => (scalars[j] === 0 ? 0 : weight));
  const total = counted.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity))
    refuse(`input.components[${speaking}].weight`, 'no weight to share out', 'weights with a sum above 0', total);
  return { scalars, weights: counted.map((weight) => weight / total) };
}

/** w'Cw, where negative correlations and those of a forecast that stands still count as 0: Carver (2015), ch. 8. */
function varianceOfSum(scaled: readonly Float64Array[], weights: readonly number[]): number {
  const still = scaled.map(isConstant);
  const correlation = pearsonMatrix(scaled);
  let variance = 0;
  for (let j = 0; j < scaled.length; j++) {
    variance += weights[j] ** 2;
    for (let k = 0; k < j; k++) {
      if (still[j] || still[k]) continue;
      variance += 2 * weights[j] * weights[k] * Math.max(0, correlation[j][k]);
    }
  }
  return variance;
}

function combine(scaled: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(scaled[0].length);
  scaled.forEach((column, j) => {
    const weight = weights[j];
    for (let t = 0; t < sum.length; t++) sum[t] += weight * column[t];
  });
  return sum;
}

function scaledBy(scalar: number, history: readonly number[], cap: number): Float64Array {
  const scaled = columnOf(history);
  for (let t = 0; t < scaled.length; t++) scaled[t] = clip(scalar * scaled[t], -cap, cap);
  return scaled;
}

/** How far the last position but one, which the signal of now can have seen, stood from the mean until then. */
function lastFromMean(position: readonly number[]): number {
  const before = position.slice(0, -1);
  return before[before.length - 1] - mean(before);
}

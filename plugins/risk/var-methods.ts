import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { normalQuantile } from '../../core/math/normal.ts';
import { quantileSorted } from '../../core/math/quantile.ts';
import { type SumCovariance, weightedSum } from '../../core/math/sum-covariance.ts';
import { refuse } from '../refuse.ts';

/** A portfolio as VaR methods see it: raw returns by position, weights, and the moments of both. */
export type VarBook = Readonly<{
  columns: readonly Float64Array[];
  weights: readonly number[];
  moments: SumCovariance;
}>;

export type VarTerms = Readonly<{ confidence: number; horizon: number; includeMean: boolean }>;

/** VaR and its derivative by each weight; weight times marginal sums to the value. */
export type VarSplit = Readonly<{ value: number; marginals: Float64Array; shape?: Shape }>;

/** Of the portfolio's returns (population moments), and whether the expansion's quantile still rises with z. */
type Shape = Readonly<{ skewness: number; excessKurtosis: number; cornishFisherValid: boolean }>;

/** Normal VaR: Jorion (2006), ch. 7. */
export function gaussianVar({ weights, moments }: VarBook, terms: VarTerms): VarSplit {
  const { confidence, horizon } = terms;
  const z = normalQuantile(1 - confidence);
  const deviation = Math.sqrt(horizon * moments.ofSum);
  const drift = driftOf(moments, terms);
  return {
    value: -dot(weights, drift) - z * deviation,
    marginals: drift.map((expected, i) => -expected - (z * horizon * moments.withSum[i]) / deviation),
  };
}

/** Modified VaR of Zangari (1996), its derivative after Boudt, Peterson & Croux (2008), validity after Maillard (2012). */
export function cornishFisherVar({ weights, moments }: VarBook, terms: VarTerms): VarSplit {
  const { centred, sum } = moments;
  const z = normalQuantile(1 - terms.confidence);
  const rootHorizon = Math.sqrt(terms.horizon);
  const drift = driftOf(moments, terms);
  const [squares, cubes] = [sum.map((x) => x ** 2), sum.map((x) => x ** 3)];
  const [m2, m3, m4] = [mean(squares), mean(cubes), dot(cubes, sum) / sum.length];
  const skewness = m3 / m2 ** 1.5;
  const excessKurtosis = m4 / m2 ** 2 - 3;
  const [onSkew, onKurtosis, onSkewSquare] = [(z ** 2 - 1) / 6, (z ** 3 - 3 * z) / 24, (2 * z ** 3 - 5 * z) / 36];
  const quantile = z + onSkew * skewness + onKurtosis * excessKurtosis - onSkewSquare * skewness ** 2;

  const marginals = drift.map((driftMean, i) => {
    const [dm2, dm3, dm4] = [sum, squares, cubes].map((power, k) => ((k + 2) * dot(power, centred[i])) / sum.length);
    const dSkew = (2 * m2 ** 1.5 * dm3 - 3 * m3 * Math.sqrt(m2) * dm2) / (2 * m2 ** 3);
    const dKurtosis = (m2 * dm4 - 2 * m4 * dm2) / m2 ** 3;
    const dQuantile = onSkew * dSkew + onKurtosis * dKurtosis - 2 * onSkewSquare * skewness * dSkew;
    return -driftMean - rootHorizon * ((quantile * dm2) / (2 * Math.sqrt(m2)) + Math.sqrt(m2) * dQuantile);
  });
  return {
    value: -dot(weights, drift) - rootHorizon * Math.sqrt(m2) * quantile,
    marginals,
    shape: { skewness, excessKurtosis, cornishFisherValid: expansionHolds(skewness, excessKurtosis) },
  };
}

/** Minus the quantile of the portfolio's past, split by a kernel about it: Epperlein & Smillie (2006). */
export function historicalVar({ columns, weights }: VarBook, { confidence, horizon }: VarTerms): VarSplit {
  const past = weightedSum(columns, weights);
  const loss = -quantileSorted(past.toSorted(), 1 - confidence);
  const rootHorizon = Math.sqrt(horizon);
  if (loss === 0) return { value: 0, marginals: new Float64Array(columns.length) };

  const bandwidth = 1.06 * sampleDeviation(past) * past.length ** -0.2;
  const kernel = past.map((value) => Math.exp(-(((value + loss) / bandwidth) ** 2) / 2));
  const norm = dot(kernel, past);
  if (norm === 0 || Math.sign(norm) === Math.sign(loss))
    refuse('input.assets', 'the past around the VaR does not average to a loss', 'more periods, or another method');
  const marginals = Float64Array.from(columns, (column, i) =>
    weights[i] === 0 ? 0 : (rootHorizon * loss * dot(kernel, column)) / norm,
  );
  return { value: loss * rootHorizon, marginals };
}

const driftOf = ({ means }: SumCovariance, { includeMean, horizon }: VarTerms) =>
  includeMean ? means.map((value) => horizon * value) : new Float64Array(means.length);

/** Whether the Cornish-Fisher quantile rises with z everywhere: the discriminant of its derivative. */
function expansionHolds(skewness: number, excessKurtosis: number): boolean {
  const leading = excessKurtosis / 8 - skewness ** 2 / 6;
  const constant = 1 - excessKurtosis / 8 + (5 * skewness ** 2) / 36;
  return leading >= 0 && skewness ** 2 / 9 - 4 * leading * constant <= 0;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

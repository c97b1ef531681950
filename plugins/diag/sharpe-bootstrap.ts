import { createPrng } from '../../core/math/prng.ts';
import { quantileSorted } from '../../core/math/quantile.ts';
import { drawStationary } from '../../core/validation/statistics/block-bootstrap.ts';
import { longRunVariance } from '../../core/validation/statistics/newey-west.ts';
import { sharpeInfluence } from '../../core/validation/statistics/sharpe-influence.ts';
import { refuse } from '../refuse.ts';

export type SharpeBootstrap = Readonly<{
  /** Sharpe ratios a period (sd with ddof 1) of the replicates, rising. */
  sharpes: Float64Array;
  /** (S* - S) / se*, rising. */
  studentized: Float64Array;
  /** Replicates without spread or variance, which were drawn again. */
  rejected: number;
}>;

type Settings = Readonly<{ replications: number; blockLength: number; seed: number; hacLag: number }>;

/** Stationary bootstrap of the Sharpe ratio with its HAC error, all replicates from one stream. */
export function bootstrapSharpe(values: Float64Array, settings: Settings): SharpeBootstrap {
  const { replications, blockLength, seed, hacLag } = settings;
  const count = values.length;
  const toSample = Math.sqrt((count - 1) / count); // mean / sd: from ddof 0 to ddof 1
  const random = createPrng(seed);
  const indexes = new Int32Array(count);
  const drawn = new Float64Array(count);
  const buffer = new Float64Array(count);
  const observed = sharpeInfluence(values, buffer).sharpe * toSample;
  const sharpes = new Float64Array(replications);
  const studentized = new Float64Array(replications);
  let rejected = 0;
  for (let done = 0; done < replications;) {
    drawStationary(random, blockLength, indexes);
    for (let i = 0; i < count; i++) drawn[i] = values[indexes[i]];
    const { sharpe, influence } = sharpeInfluence(drawn, buffer);
    const error = Math.sqrt(longRunVariance(influence, influence, hacLag) / count);
    if (isConstant(drawn) || !(error > 0)) {
      if (++rejected > 10 * replications) {
        refuse('input.returns', 'most resamples have no spread', 'returns that differ more', `${rejected} rejected`);
      }
      continue;
    }
    sharpes[done] = sharpe * toSample;
    studentized[done] = (sharpes[done] - observed) / error;
    done++;
  }
  return { sharpes: sharpes.toSorted(), studentized: studentized.toSorted(), rejected };
}

function isConstant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Points of the density that is drawn. */
const densityPoints = 101;

/** Gaussian kernel density of rising values, bandwidth by Silverman's rule (1986, eq. 3.31); nothing without spread. */
export function kernelDensity(sorted: Float64Array): Readonly<{ x: number[]; y: number[] }> {
  const count = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1));
  const quartiles = (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 1.34;
  const width = 0.9 * (quartiles > 0 ? Math.min(deviation, quartiles) : deviation) * count ** -0.2;
  if (!(width > 0)) return { x: [], y: [] };
  const low = sorted[0] - 3 * width;
  const step = (sorted[count - 1] + 3 * width - low) / (densityPoints - 1);
  const x = Array.from({ length: densityPoints }, (_, i) => low + i * step);
  const scale = 1 / (count * width * Math.sqrt(2 * Math.PI));
  return {
    x,
    y: x.map((at) => scale * sorted.reduce((sum, value) => sum + Math.exp(-0.5 * ((at - value) / width) ** 2), 0)),
  };
}

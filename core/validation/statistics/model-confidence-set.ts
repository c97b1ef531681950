import { refuse, requireNumber } from './require.ts';
import { forEachReplicate, spaProblem } from './spa.ts';

export type ModelConfidenceSetInput = Readonly<{
  /** Rows = time, columns = models (2..200); less is better. */
  losses: readonly (readonly number[])[];
  /** Error rate: a model is left out when its p-value is at or below it. Default 0.1. */
  size?: number;
  blockSize?: number;
  reps?: number;
  seed?: number;
}>;

/** `pValues` one a column; `included` the columns that stay, ascending. */
export type ModelConfidenceSet = Readonly<{ included: readonly number[]; pValues: readonly number[] }>;

/**
 * The models that the data cannot tell from the best, by the range statistic: the worst one is taken out while the set
 * is told apart. Hansen, Lunde & Nason (2011), Econometrica 79(2); variances from the bootstrap, as arch's MCS('R').
 */
export function modelConfidenceSet(input: ModelConfidenceSetInput): ModelConfidenceSet {
  const { losses, size = 0.1, ...rest } = input;
  requireNumber('size', size, { min: 0, max: 1, open: true });
  const problem = spaProblem({ ...rest, losses, studentize: false });
  const count = problem.means.length;
  if (count < 2 || count > 200) refuse('losses', 'too few or too many columns', '2..200 models', `${count}`);
  const resamples: Float64Array[] = [];
  forEachReplicate(problem, (means) => resamples.push(means.slice()));
  const lossMeans = problem.means.map((mean) => -mean);
  const pairs = pairStatistics(lossMeans, resamples);

  let open = lossMeans.map((_, model) => model);
  const pValues = lossMeans.map(() => 1);
  let highest = 0;
  while (open.length > 1) {
    const range = Math.max(...open.flatMap((i) => open.map((j) => Math.abs(pairs.observed[i][j]))));
    const beyond = resamples.filter((_, replicate) => pairs.resampledRange(open, replicate) > range).length;
    highest = Math.max(highest, beyond / resamples.length);
    const worst = open.reduce((best, model) =>
      worstOf(pairs, open, model) > worstOf(pairs, open, best) ? model : best,
    );
    pValues[worst] = highest;
    open = open.filter((model) => model !== worst);
  }
  return { included: pValues.flatMap((p, model) => (p > size ? [model] : [])), pValues };
}

type PairStatistics = Readonly<{
  /** t of the mean loss difference of every pair. */
  observed: readonly Float64Array[];
  resampledRange(open: readonly number[], replicate: number): number;
}>;

function pairStatistics(means: readonly number[], resamples: readonly Float64Array[]): PairStatistics {
  const count = means.length;
  const errors = means.map(() => new Float64Array(count));
  // Resamples hold means of -loss; the sign drops out of squares and absolute values.
  for (const sample of resamples) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) errors[i][j] += (sample[j] - sample[i] - (means[i] - means[j])) ** 2;
    }
  }
  for (const row of errors) row.forEach((sum, j) => (row[j] = Math.sqrt(sum / resamples.length)));
  const tOf = (difference: number, i: number, j: number) =>
    i === j || errors[i][j] === 0 ? 0 : difference / errors[i][j];
  return {
    observed: means.map((mean, i) => Float64Array.from(means, (other, j) => tOf(mean - other, i, j))),
    resampledRange(open, replicate) {
      const sample = resamples[replicate];
      let range = 0;
      for (const i of open) {
        for (const j of open)
          range = Math.max(range, Math.abs(tOf(sample[j] - sample[i] - (means[i] - means[j]), i, j)));
      }
      return range;
    },
  };
}

const worstOf = (pairs: PairStatistics, open: readonly number[], model: number) =>
  Math.max(...open.map((other) => pairs.observed[model][other]));

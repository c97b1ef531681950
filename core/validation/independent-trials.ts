import { normalQuantile } from '../math/normal.ts';
import { createPrng } from '../math/prng.ts';
import { expectedMaxOfNormals } from './statistics/expected-max-sharpe.ts';

/** Replicates: the expected maximum is then known to about 0.03. */
const replicates = 400;
/** More columns than this are thinned out evenly; neighbours on a grid say the same. */
const mostColumns = 500;

/**
 * How many independent trials correlated ones are worth: the number whose expected best is that of these. If all are
 * worthless, their Sharpe ratios are jointly normal with the correlations of their returns; the best of such draws is
 * simulated (each day of the standardised returns times one normal number, the Gaussian multiplier bootstrap of
 * Chernozhukov, Chetverikov & Kato 2013, Annals of Statistics 41(6)) and read back through the expected best of N
 * independent ones. Copies count once, unrelated trials count in full, a plateau in between; exact for any pattern of
 * correlations, where r + (1 - r) M of Bailey & Lopez de Prado (2014) takes their mean alone.
 *
 * @param columns daily returns of each trial over the same days; those without spread are left out
 */
export function independentTrials(columns: readonly Float64Array[], seed: number): number {
  const step = Math.max(1, Math.ceil(columns.length / mostColumns));
  const rows = columns.filter((_, index) => index % step === 0).flatMap(standardised);
  if (rows.length < 2) return 1;
  const days = rows[0].length;
  const { nextFloat } = createPrng(seed);
  const weights = new Float64Array(days);
  let total = 0;
  for (let replicate = 0; replicate < replicates; replicate += 1) {
    for (let day = 0; day < days; day += 1) weights[day] = normalQuantile(nextFloat() || 2 ** -33);
    let most = -Infinity;
    for (const row of rows) {
      let sum = 0;
      for (let day = 0; day < days; day += 1) sum += row[day] * weights[day];
      if (sum > most) most = sum;
    }
    total += most;
  }
  return trialsOfBest(total / replicates, columns.length);
}

/**
 * The same for `total` trials of which a sample is known, by the part that is theirs alone: the expected best of M equally
 * correlated normals is sqrt(1 - r) E[max of M] (Owen & Steck 1962, Annals of Mathematical Statistics 33), and sqrt(1 - r)
 * is what the sample shows. Fewer than two columns show nothing: then all count.
 */
export function independentTrialsOfSample(columns: readonly Float64Array[], total: number, seed: number): number {
  if (total <= 1 || columns.length < 2) return total;
  const own = expectedMaxOfNormals(independentTrials(columns, seed)) / expectedMaxOfNormals(columns.length);
  return trialsOfBest(Math.min(1, own) * expectedMaxOfNormals(total), total);
}

/** Centred, with a sum of squares of 1; nothing for a column without spread. */
function standardised(values: Float64Array): Float64Array[] {
  let total = 0;
  for (const value of values) total += value;
  const centred = values.map((value) => value - total / values.length);
  let squares = 0;
  for (const value of centred) squares += value * value;
  if (!(squares > 1e-20)) return [];
  const norm = Math.sqrt(squares);
  return [centred.map((value) => value / norm)];
}

/** The number of independent normal draws with this expected best, 1..most; by halving, since it rises with the number. */
function trialsOfBest(best: number, most: number): number {
  if (best <= 0) return 1;
  let low = 1;
  let high = most;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (expectedMaxOfNormals(middle) < best) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

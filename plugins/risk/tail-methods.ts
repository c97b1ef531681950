import { expectedShortfall, type TailLoss } from '../../core/math/expected-shortfall.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { normalQuantile } from '../../core/math/normal.ts';
import { sortTail } from '../../core/math/select.ts';
import { refuse } from '../refuse.ts';

/** Returns as losses: `scale` is -1 (long) or 1 (short) times the square root of the horizon. */
export type TailCase = Readonly<{
  returns: readonly number[];
  scale: number;
  confidence: number;
  lambda: number;
  tailFraction: number;
}>;

/** The generalised Pareto tail that was fitted. */
export type ParetoTail = Readonly<{ threshold: number; shape: number; scale: number; exceedances: number }>;

/** A loop: `from` with a function asks an iterator for every value, which takes ten times as long. */
function lossesOf(returns: readonly number[], scale: number): Float64Array {
  const losses = new Float64Array(returns.length);
  for (let i = 0; i < losses.length; i++) losses[i] = returns[i] * scale;
  return losses;
}

export const historicalTail = ({ returns, scale, confidence }: TailCase): TailLoss =>
  expectedShortfall(lossesOf(returns, scale), confidence);

/**
 * Filtered historical simulation: past returns at today's volatility, by an EWMA that forecasts each from those before.
 * Barone-Adesi, Giannopoulos & Vosper (1999).
 */
export function filteredTail({ returns, scale, confidence, lambda }: TailCase): TailLoss {
  const start = returns.reduce((sum, value) => sum + value ** 2, 0) / returns.length;
  if (start === 0) refuse('input.returns', 'all 0, so there is no volatility to filter by', 'a return other than 0');
  let variance = start;
  const standardised = returns.map((value) => {
    const forecast = variance;
    variance = lambda * variance + (1 - lambda) * value ** 2;
    return value / Math.sqrt(forecast);
  });
  return expectedShortfall(lossesOf(standardised, scale * Math.sqrt(variance)), confidence);
}

/** Normal losses of the sample's mean and deviation. */
export function gaussianTail({ returns, scale, confidence }: TailCase): TailLoss {
  const losses = lossesOf(returns, scale);
  const [centre, deviation, z] = [mean(losses), sampleDeviation(losses), normalQuantile(confidence)];
  const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
  return {
    valueAtRisk: centre + deviation * z,
    expectedShortfall: centre + (deviation * density) / (1 - confidence),
  };
}

/**
 * Generalised Pareto tail over the k worst losses by probability-weighted moments (Hosking & Wallis 1987), its VaR and
 * expected shortfall after McNeil & Frey (2000).
 */
export function paretoTail({
  returns,
  scale: sign,
  confidence,
  tailFraction,
}: TailCase): TailLoss & { tail: ParetoTail } {
  const count = returns.length;
  const exceedances = Math.floor(tailFraction * count + 1e-9);
  if (exceedances < 5) refuse('params.tailFraction', 'too few losses in the tail', 'at least 5', exceedances);
  const beyond = 1 - confidence;
  if (beyond > exceedances / count + 1e-9)
    refuse('params.tailFraction', 'the tail does not reach the confidence', `at least ${beyond}`, tailFraction);

  const losses = lossesOf(returns, sign);
  const threshold = sortTail(losses, count - exceedances - 1);
  const excesses = losses.subarray(count - exceedances).map((loss) => loss - threshold);
  const first = mean(excesses);
  if (first === 0) refuse('params.tailFraction', 'the losses of the tail are all alike', 'losses that differ');
  const second = mean(excesses.map((excess, j) => (1 - (j + 0.65) / exceedances) * excess));
  const shape = 2 - first / (first - 2 * second);
  const scale = (2 * first * second) / (first - 2 * second);

  const logRatio = Math.log((count * beyond) / exceedances);
  const factor = shape === 0 ? -logRatio : Math.expm1(-shape * logRatio) / shape;
  const valueAtRisk = threshold + scale * factor;
  return {
    valueAtRisk,
    expectedShortfall: (valueAtRisk + scale - shape * threshold) / (1 - shape),
    tail: { threshold, shape, scale, exceedances },
  };
}

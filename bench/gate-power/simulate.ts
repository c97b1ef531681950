import type { Bars } from '../../core/market/bars.ts';
import { createPrng, type Prng } from '../../core/math/prng.ts';

/** Hours of a market as long as the sample that ships with the desk: 3.66 years. */
export const hoursOfHistory = Math.round(3.66 * 365 * 24);

const startMs = Date.UTC(2020, 9, 24);
const hourMs = 3_600_000;

/** Hourly volatility in the long run, about 75 % a year. */
const hourlyVolatility = 0.008;
/** GARCH(1,1): how much of the variance comes from the last shock, and from the last variance. Half-life 35 hours. */
const shockShare = 0.08;
const memoryShare = 0.9;
/** Under this a score says nothing. */
const leastScore = 1.5;
/** Scores are written into the volume column above this. */
export const scoreZero = 10;

export type SimulatedMarket = Readonly<{
  /** Relative moves of each hour without any drift. */
  shocks: Float64Array;
  volatility: Float64Array;
}>;

/** What moves a market when nobody has an edge: fat-tailed shocks whose size clusters. */
export function simulateShocks(hours: number, seed: number): SimulatedMarket {
  const random = createPrng(seed);
  const shocks = new Float64Array(hours);
  const volatility = new Float64Array(hours);
  const longRun = hourlyVolatility ** 2;
  let variance = longRun;
  for (let hour = 0; hour < hours; hour += 1) {
    volatility[hour] = Math.sqrt(variance);
    shocks[hour] = Math.max(-0.3, Math.min(0.3, volatility[hour] * fatTailed(random)));
    variance = longRun * (1 - shockShare - memoryShare) + shockShare * shocks[hour] ** 2 + memoryShare * variance;
    variance = Math.min(variance, 25 * longRun);
  }
  return { shocks, volatility };
}

const positive = ({ nextFloat }: Prng): number => nextFloat() || 2 ** -33;

/** Standard normal. Box & Muller (1958). */
const normal = (random: Prng): number =>
  Math.sqrt(-2 * Math.log(positive(random))) * Math.cos(2 * Math.PI * random.nextFloat());

/** Student's t with 4 degrees of freedom, scaled to a variance of 1: the fat tails of hourly returns. */
function fatTailed(random: Prng): number {
  const chiSquared = -2 * Math.log(positive(random) * positive(random));
  return normal(random) * Math.sqrt(4 / chiSquared) * Math.sqrt(1 / 2);
}

/** A score an hour, standard normal: what the strategy looks at. */
export function simulateScores(hours: number, seed: number): Float64Array {
  const random = createPrng(seed ^ 0x5bd1e995);
  const scores = new Float64Array(hours);
  // Ten deviations do not occur; the volume that they stand in must not be negative.
  for (let hour = 0; hour < hours; hour += 1) scores[hour] = Math.max(-9.5, Math.min(9.5, normal(random)));
  return scores;
}

/**
 * Bars in which a score is followed by a drift of `edge` x (its size - 1), spread evenly over the `hold` hours after it;
 * scores of less than 1.5 by none. The score of an hour stands in its volume. With an edge of 0 scores are noise.
 */
export function simulateBars(
  { shocks, volatility }: SimulatedMarket,
  scores: Float64Array,
  { edge, hold, seed }: Readonly<{ edge: number; hold: number; seed: number }>,
): Bars {
  const hours = shocks.length;
  const { nextFloat } = createPrng(seed ^ 0x27d4eb2f);
  const column = () => new Float64Array(hours);
  const [timeMs, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()];
  const drift = driftOf(scores, { edge, hold });
  let price = 100;
  for (let hour = 0; hour < hours; hour += 1) {
    timeMs[hour] = startMs + hour * hourMs;
    open[hour] = price;
    price *= 1 + shocks[hour] + drift[hour];
    close[hour] = price;
    const reach = volatility[hour] * nextFloat();
    high[hour] = Math.max(open[hour], price) * (1 + reach);
    low[hour] = Math.min(open[hour], price) * (1 - reach);
    volume[hour] = scoreZero + scores[hour];
  }
  return { symbol: 'SIM/USDT', timeframe: '1h', timeMs, open, high, low, close, volume };
}

function driftOf(scores: Float64Array, { edge, hold }: Readonly<{ edge: number; hold: number }>): Float64Array {
  const drift = new Float64Array(scores.length);
  if (edge === 0) return drift;
  let current = 0;
  const strength = (hour: number): number => {
    const score = scores[hour];
    return Math.abs(score) > leastScore ? (Math.sign(score) * (Math.abs(score) - 1) * edge) / hold : 0;
  };
  for (let hour = 1; hour < scores.length; hour += 1) {
    current += strength(hour - 1);
    if (hour - 1 - hold >= 0) current -= strength(hour - 1 - hold);
    drift[hour] = current;
  }
  return drift;
}

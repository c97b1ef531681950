import { sortTail } from './select.ts';

/** A loss quantile and the mean loss beyond it, both positive when money is lost. */
export type TailLoss = Readonly<{ valueAtRisk: number; expectedShortfall: number }>;

/**
 * Exact expected shortfall of equally likely losses (reordered in place) at a confidence in 0..1: the quantile is the
 * order statistic at ceil(confidence n), and what the tail is short of a whole scenario counts at the quantile.
 * Rockafellar & Uryasev (2002), Conditional value-at-risk for general loss distributions, proposition 8.
 */
export function expectedShortfall(losses: Float64Array, confidence: number): TailLoss {
  sortTail(losses, quantileRank(losses.length, confidence));
  return shortfallOfSorted(losses, confidence);
}

/** The same of losses that stand in rising order already, from the quantile on. */
export function shortfallOfSorted(losses: Float64Array, confidence: number): TailLoss {
  const valueAtRisk = losses[quantileRank(losses.length, confidence)];
  let beyond = 0;
  for (let i = losses.length - 1; losses[i] > valueAtRisk; i--) beyond += losses[i] - valueAtRisk;
  return { valueAtRisk, expectedShortfall: valueAtRisk + beyond / ((1 - confidence) * losses.length) };
}

const quantileRank = (count: number, confidence: number): number =>
  Math.max(1, Math.ceil(confidence * count - 1e-9)) - 1;

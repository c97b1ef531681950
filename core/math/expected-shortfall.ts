/** A loss quantile and the mean loss beyond it, both positive when money is lost. */
export type TailLoss = Readonly<{ valueAtRisk: number; expectedShortfall: number }>;

/**
 * Exact expected shortfall of equally likely losses (overwritten: sorted in place) at a confidence in 0..1: the quantile
 * is the order statistic at ceil(confidence n), and what the tail is short of a whole scenario counts at the quantile.
 * Rockafellar & Uryasev (2002), Conditional value-at-risk for general loss distributions, proposition 8.
 */
export function expectedShortfall(losses: Float64Array, confidence: number): TailLoss {
  losses.sort();
  const valueAtRisk = losses[Math.max(1, Math.ceil(confidence * losses.length - 1e-9)) - 1];
  let beyond = 0;
  for (let i = losses.length - 1; losses[i] > valueAtRisk; i--) beyond += losses[i] - valueAtRisk;
  return { valueAtRisk, expectedShortfall: valueAtRisk + beyond / ((1 - confidence) * losses.length) };
}

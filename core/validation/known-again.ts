import { type DatedReturns, overlapCorrelation } from './statistics/mean-correlation.ts';

/** A strategy of another family that has opened its holdout, and why that is no longer sealed for who earns the same. */
export type OpenedTwin = DatedReturns & Readonly<{ strategyId: string; shape: string; refusal: string }>;

/** Two that earn the same day by day are one idea, however they are written. */
const sameFrom = 0.95;

export type KnownAgain = Readonly<{ twin: OpenedTwin; correlation: number }>;

/** The strategy that these daily returns are most like, where they are as good as the same. */
export function knownAgain(own: DatedReturns, others: readonly OpenedTwin[]): KnownAgain | undefined {
  const alike = others.flatMap((twin) => {
    const correlation = overlapCorrelation(own, twin) ?? 0;
    return correlation >= sameFrom ? [{ twin, correlation }] : [];
  });
  return alike.toSorted((a, b) => b.correlation - a.correlation)[0];
}

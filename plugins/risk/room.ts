/** How far one weight alone may go, both as positive distances; left out for a position that carries no risk. */
export type Room = Readonly<{ maxIncrease?: number; maxDecrease?: number }>;

/**
 * How far one weight may move from where it is before the risk of the whole reaches its limit: the roots of
 * variance x^2 + 2 covariance x + excess = 0, where `covariance` is that of the position with the whole and `excess`
 * (<= 0) the variance of the whole less the limit's square.
 */
export function roomToLimit({
  variance,
  covariance,
  excess,
}: Record<'variance' | 'covariance' | 'excess', number>): Room {
  if (variance === 0) return {};
  const root = Math.sqrt(Math.max(0, covariance ** 2 - variance * excess));
  return { maxIncrease: (root - covariance) / variance, maxDecrease: (root + covariance) / variance };
}

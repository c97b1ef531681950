import type { EquityCurve } from './types.ts';

/**
 * Equity at the last mark of each period (a UTC day for `dayMs`), from the first period to the last without a hole: a
 * period without bars keeps the equity before it. The curve has at least one mark.
 */
export function periodEquity({ timeMs, equity }: EquityCurve, periodMs: number): Float64Array {
  const first = Math.floor(timeMs[0] / periodMs);
  const last = Math.floor(timeMs[timeMs.length - 1] / periodMs);
  const ends = new Float64Array(last - first + 1);
  let period = 0;
  let periodEndMs = (first + 1) * periodMs;
  for (let index = 0; index < timeMs.length; index += 1) {
    for (; timeMs[index] >= periodEndMs; periodEndMs += periodMs) {
      ends[period + 1] = ends[period];
      period += 1;
    }
    ends[period] = equity[index];
  }
  return ends;
}

/** Simple returns from one end to the next, the first over the start equity; out of nothing comes 0. */
export function periodReturns(ends: Float64Array, startEquity: number): Float64Array {
  const returns = new Float64Array(ends.length);
  let before = startEquity;
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index];
    returns[index] = before === 0 ? 0 : end / before - 1;
    before = end;
  }
  return returns;
}

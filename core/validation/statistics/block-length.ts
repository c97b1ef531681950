import { requireSeries } from './require.ts';

/**
 * Mean block length that serves the bootstrap of a mean best, for stationary and circular blocks; a raw estimate that
 * may lie below 1. Politis & White (2004), Econometric Reviews 23(1), with the correction of Patton, Politis & White
 * (2009), Econometric Reviews 28(4); details (bandwidth search, flat-top kernel, cap) as arch's optimal_block_length.
 *
 * @param input.returns at least 10 values that differ
 */
export function blockLength(
  input: Readonly<{ returns: readonly number[] }>,
): Readonly<{ stationary: number; circular: number }> {
  const { returns } = input;
  requireSeries('returns', returns, { atLeast: 10, varying: true });
  const count = returns.length;
  const mean = returns.reduce((sum, value) => sum + value, 0) / count;
  const centred = Float64Array.from(returns, (value) => value - mean);
  const { autocovariances, bandwidth } = chooseBandwidth(centred);

  let weighted = 0;
  let longRun = autocovariances[0];
  for (let lag = 1; lag <= bandwidth; lag++) {
    const window = lag / bandwidth <= 0.5 ? 1 : 2 * (1 - lag / bandwidth);
    weighted += 2 * window * lag * autocovariances[lag];
    longRun += 2 * window * autocovariances[lag];
  }
  const cap = Math.ceil(Math.min(3 * Math.sqrt(count), count / 3));
  const length = (factor: number) =>
    Math.min(cap, Math.cbrt((2 * weighted ** 2) / (factor * longRun ** 2)) * Math.cbrt(count));
  return { stationary: length(2), circular: length(4 / 3) };
}

/** Twice the lag after which a run of autocorrelations stays inside the noise band. */
function chooseBandwidth(centred: Float64Array): { autocovariances: number[]; bandwidth: number } {
  const count = centred.length;
  const runLength = Math.max(5, Math.trunc(Math.log10(count)));
  const longest = Math.min(count - 2, Math.ceil(Math.sqrt(count)) + runLength);
  const band = 2 * Math.sqrt(Math.log10(count) / count);
  const autocovariances: number[] = [];
  const correlations: number[] = [];
  let chosen: number | undefined;
  for (let lag = 0; lag <= longest; lag++) {
    const cross = product(centred.subarray(lag), centred.subarray(0, count - lag));
    const late = centred.subarray(lag + 1);
    const early = centred.subarray(0, count - lag - 1);
    autocovariances.push(cross / count);
    correlations.push(Math.abs(cross) / Math.sqrt(product(late, late) * product(early, early)));
    const quiet = lag >= runLength && correlations.slice(lag - runLength, lag).every((value) => value < band);
    if (quiet) chosen ??= lag - runLength;
  }
  const bandwidth = chosen === undefined ? longest : Math.min(longest, 2 * Math.max(chosen, 1));
  return { autocovariances, bandwidth };
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

import { createPrng } from '../math/prng.ts';

/**
 * Share of `resamples` means of resampled trades that are not positive: an iid bootstrap of the mean trade return.
 * A strategy without edge gets 1/2 on average, so "p < 0.5" stops only what is futile. Each resample draws as many
 * returns as there are, with replacement, as floor(u x n); u comes from the stream that `seed` starts.
 */
export function futilityP(
  returns: readonly number[],
  { resamples, seed }: { resamples: number; seed: number },
): number {
  const { nextBelow } = createPrng(seed);
  let notPositive = 0;
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let draw = 0; draw < returns.length; draw++) sum += returns[nextBelow(returns.length)];
    if (sum <= 0) notPositive++;
  }
  return notPositive / resamples;
}

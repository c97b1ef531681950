import { createPrng, type Prng } from '../../math/prng.ts';

/** Fills `indexes` with one resample of 0..n-1. */
export type Resampler = (indexes: Int32Array, replicate: number) => void;

/**
 * Stationary bootstrap: blocks of geometric length with mean `blockLength`, starts uniform, wrapping around.
 * Politis & Romano (1994), JASA 89. A replicate draws from a stream of its own, so replicates may run in any order and
 * on any number of threads with the same result.
 */
export function stationaryResampler(blockLength: number, seed: number): Resampler {
  return (indexes, replicate) => drawStationary(replicateStream(seed, replicate), blockLength, indexes);
}

/** One resample of the stationary bootstrap, drawn from a stream that may go on. */
export function drawStationary(random: Prng, blockLength: number, indexes: Int32Array): void {
  const restart = 1 / Math.max(1, blockLength);
  const count = indexes.length;
  let at = random.nextBelow(count);
  indexes[0] = at;
  for (let i = 1; i < count; i++) {
    at = random.nextFloat() < restart ? random.nextBelow(count) : at + 1 === count ? 0 : at + 1;
    indexes[i] = at;
  }
}

/** Circular bootstrap: blocks of exactly `blockLength` (the last one cut), starts uniform. Politis & Romano (1992). */
export function circularResampler(blockLength: number, seed: number): Resampler {
  return (indexes, replicate) => {
    const random = replicateStream(seed, replicate);
    const count = indexes.length;
    for (let i = 0; i < count; i += blockLength) {
      const start = random.nextBelow(count);
      for (let j = 0; j < blockLength && i + j < count; j++) indexes[i + j] = (start + j) % count;
    }
  };
}

/** A stream a replicate: the two words are mixed so that neighbouring seeds and replicates share nothing. */
function replicateStream(seed: number, replicate: number) {
  return createPrng(createPrng(seed).nextUint32() ^ Math.imul(replicate + 1, 0x9e3779b1));
}

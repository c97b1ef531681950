/**
 * Seeded randomness, the same on every machine: xoshiro128** (Blackman & Vigna 2021, ACM TOMS 47(4)), its four words
 * filled by splitmix32 from one 32-bit seed. Not for secrets.
 */
export type Prng = Readonly<{
  /** The next 32 bits as an unsigned integer. */
  nextUint32(): number;
  /** Uniform in [0, 1) on a grid of 2^-32. */
  nextFloat(): number;
  /** Uniform in 0..bound-1, by floor(u x bound): results differ in likelihood by at most bound / 2^32. */
  nextBelow(bound: number): number;
}>;

const two32 = 2 ** 32;

/** Creates a stream from the low 32 bits of `seed`. */
export function createPrng(seed: number): Prng {
  const fill = splitmix32(seed);
  let s0 = fill();
  let s1 = fill();
  let s2 = fill();
  let s3 = fill();

  const nextUint32 = () => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return result;
  };

  return {
    nextUint32,
    nextFloat: () => nextUint32() / two32,
    nextBelow: (bound) => Math.floor((nextUint32() / two32) * bound),
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

const rotateLeft = (word: number, by: number) => (word << by) | (word >>> (32 - by));

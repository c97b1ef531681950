import { createPrng, type Prng } from '../math/prng.ts';

/** Streams of chance that do not disturb each other: switching faults on leaves prices, delays and ids as they were. */
export type SubstreamName = 'market' | 'latency' | 'faults' | 'ids';

export type Substreams = Readonly<Record<SubstreamName, Prng>>;

/** One stream a name, from one seed: FNV-1a of the name mixed into the seed's 32 bits. */
export function createSubstreams(seed: number): Substreams {
  const stream = (name: SubstreamName) => createPrng(mixSeed(seed, name));
  return { market: stream('market'), latency: stream('latency'), faults: stream('faults'), ids: stream('ids') };
}

/** Seed of the stream called `name`. */
export function mixSeed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (hash ^ Math.imul(seed | 0, 0x9e3779b9)) | 0;
}

/**
 * Standard normal by the sum of twelve uniforms (Irwin-Hall): within 6 standard deviations, and without a
 * transcendental function, whose last bit differs between machines.
 */
export function nextNormal(prng: Prng): number {
  let sum = -6;
  for (let draw = 0; draw < 12; draw += 1) sum += prng.nextFloat();
  return sum;
}

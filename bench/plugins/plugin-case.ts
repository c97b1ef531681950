import { createPrng } from '../../core/math/prng.ts';

/** One row of `npm run bench -- plugins`: a plugin on the size that its entry's `complexity` names. */
export type PluginCase = Readonly<{
  id: string;
  /** The size and mode; with the id it names the row, and the oracle in bench/peers/plugins. */
  size: string;
  input: unknown;
  params: unknown;
  /** Longest time of the entry, where it says one. */
  goalMs?: number;
  /** Least ratio to the oracle: 1, or 1/5 where the oracle is C or LAPACK. Undefined: no oracle beside it. */
  ratio?: number;
}>;

export const caseKey = ({ id, size }: Pick<PluginCase, 'id' | 'size'>): string => `${id} ${size}`;

/** Where an oracle runs compiled code on whole arrays. */
export const compiledOracle = 1 / 5;

/** A stream of draws for the inputs of a bench: uniform, and bell-shaped by the sum of twelve of them. */
export type Draws = Readonly<{ uniform: () => number; normal: () => number; below: (bound: number) => number }>;

export function createDraws(seed: number): Draws {
  const { nextFloat, nextBelow } = createPrng(seed);
  const normal = () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += nextFloat();
    return sum;
  };
  return { uniform: nextFloat, normal, below: nextBelow };
}

export const listOf = <Item>(length: number, item: (index: number) => Item): Item[] =>
  Array.from({ length }, (_, index) => item(index));

/** Returns of `scale` a bar. */
export const returnsOf = ({ normal }: Draws, length: number, scale = 0.02): number[] =>
  listOf(length, () => scale * normal());

/** Returns whose variance follows a GARCH(1,1), so that a fit has something to find. */
export function garchReturns({ normal }: Draws, length: number): number[] {
  let variance = 4e-4;
  return listOf(length, () => {
    const value = Math.sqrt(variance) * normal();
    variance = 8e-6 + 0.08 * value * value + 0.9 * variance;
    return 0.0003 + value;
  });
}

/** A geometric walk from `start`. */
export function pricesOf(draws: Draws, length: number, { start = 100, scale = 0.01 } = {}): number[] {
  let price = start;
  return listOf(length, () => (price *= Math.exp(scale * draws.normal())));
}

export const dayMs = 86_400_000;
export const startMs = 1_700_000_000_000;

import { createPrng } from '../../../core/math/prng.ts';

/** The chance of one fuzz case: a stream fixed by the case's name, so that the name alone brings the case back. */
export type Draws = Readonly<{
  below: (bound: number) => number;
  uniform: () => number;
  chance: (probability: number) => boolean;
  pick: <Item>(items: readonly Item[]) => Item;
  /** Bell-shaped, mean 0 and variance 1. */
  normal: () => number;
}>;

export function drawsOf(name: string): Draws {
  const { nextBelow: below, nextFloat: uniform } = createPrng(fnv1a(name));
  return {
    below,
    uniform,
    chance: (probability) => uniform() < probability,
    pick: (items) => items[below(items.length)],
    normal: () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3),
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

import { z } from 'zod';

/**
 * The shapes that plugin inputs share. Series are arrays of finite numbers, oldest first; rates are fractions; times
 * are epoch milliseconds UTC. zod refuses NaN, infinities and null by path.
 */

/** At least `minLength` finite numbers, oldest first. */
export const series = (minLength = 1) => z.array(z.number()).min(minLength);

/** At least `minLength` prices above 0, oldest first. */
export const prices = (minLength = 1) => z.array(z.number().positive()).min(minLength);

/** Epoch milliseconds UTC. */
export const timeMs = () => z.int().nonnegative().describe('epoch milliseconds UTC');

/** A number in 0..1, both included. */
export const fraction = () => z.number().min(0).max(1);

/** A probability strictly between 0 and 1. */
export const openFraction = () => z.number().gt(0).lt(1);

/** Seed of the shared PRNG (core/math/prng.ts): an unsigned 32-bit integer. */
export const seed = () =>
  z
    .int()
    .min(0)
    .max(2 ** 32 - 1);

/** Rows of numbers; `refuseUnlessRectangular` says what zod cannot. */
export const matrix = (minRows = 1, minColumns = 1) => z.array(z.array(z.number()).min(minColumns)).min(minRows);

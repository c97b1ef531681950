/** Seed of a strategy's random draws: the first 32 bits of its hash, so that a renamed file draws the same. */
export const seedOf = (strategyHash: string): number => Number.parseInt(strategyHash.slice(0, 8), 16);

import { describe, expect, test } from 'vitest';
import { keptSeeds } from './kept-seeds.ts';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './simulate.ts';

/** A commit's worth; `npm run sim -- --seeds 1000000` by hand. */
const seeds = 10_000;

describe('orders in simulated time', () => {
  test(`no rule breaks with ${seeds} seeds`, { timeout: 900_000 }, async () => {
    const { broken, ...totals } = await runSeeds(1, 1 + seeds);
    expect(broken).toEqual([]);
    expect(totals.seeds).toBe(seeds);
    // The faults leave something to judge: on average more than one order and one fill a seed.
    expect(totals.accepted).toBeGreaterThan(seeds);
    expect(totals.fills).toBeGreaterThan(seeds);
  });

  test('nor with seeds that once broke one', async () => {
    for (const seed of keptSeeds()) expect((await simulate({ seed })).breaches).toEqual([]);
  });

  test('the same seed is the same run, another seed another one', async () => {
    const [first, again, other] = [
      await simulate({ seed: 7 }),
      await simulate({ seed: 7 }),
      await simulate({ seed: 8 }),
    ];
    expect(again).toEqual(first);
    expect(other.hash).not.toBe(first.hash);
  });
});

import { describe, expect, test } from 'vitest';
import { runEpisode } from './episode.ts';
import { openStrikeStage, strikePlan } from './strikes.ts';

// Side by side: each mostly waits.
describe.concurrent('real processes', () => {
  // Two minutes from its start to its verdict: the rest is starting, halting and coming to rest.
  test('an episode of orders under faults loses nothing, doubles nothing, exceeds nothing', async () => {
    const report = await runEpisode({ seed: 3, faultsMs: 75_000 });
    expect(report.findings).toEqual([]);
    expect(report.orders).toBeGreaterThan(5);
    expect(report.fills).toBeGreaterThan(5);
    expect(report.stops).toBeGreaterThan(0);
  }, 480_000);

  test.each([
    ['that dies between the row and the sent order, or between the answer and the row', ['kill', 'killAfter']],
    ['that is stopped between the row and the sent order', ['stop']],
  ] as const)(
    'a worker %s: each leg is accepted once',
    async (_, kinds) => {
      const on = await openStrikeStage();
      try {
        for (const what of kinds) {
          const strike = { what, at: 'exchange.createOrder' } as const;
          const report = await strikePlan(on, strike, { planId: what, cutsPolls: true });
          expect(report).toMatchObject({ call: 'exchange.createOrder', findings: [] });
        }
      } finally {
        await on.stage.close();
      }
    },
    400_000,
  );
});

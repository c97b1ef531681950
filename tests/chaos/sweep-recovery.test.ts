import { describe, expect, test } from 'vitest';
import { needsServer } from '../temporal-server.ts';
import { sweepRuns } from './sweep-recovery.ts';

// How much work is lost in milliseconds is measured by `npm run chaos`; here, that nothing on disk is done again.
describe('SIGKILL of the worker in the middle of a sweep of 5,000 points', () => {
  needsServer();

  test('goes on with the first point that was not on disk, twice in a run, and ends with the same bytes', async () => {
    const [undisturbed, disturbed] = await sweepRuns([[], [0.2, 0.6]]);
    expect(disturbed.kills).toHaveLength(2);
    for (const { kept, resumedAt } of disturbed.kills) {
      expect(kept).toBeGreaterThan(0);
      expect(resumedAt).toBe(kept);
    }
    expect(disturbed.verdict).toBe(undisturbed.verdict);
  }, 300_000);
});

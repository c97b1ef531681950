import { describe, expect, test } from 'vitest';
import { needsServer } from '../temporal-server.ts';
import { chaos } from './recovery.ts';

// The short form of `npm run chaos`: the same runs, fewer kills. How fast it recovers is measured there, on a machine
// that does nothing else; here only what must hold at any speed.
describe('SIGKILL in the middle of a run of all strategies', () => {
  needsServer();

  test('of the worker, three times, and of the server: same verdicts byte for byte, trials counted once', async () => {
    const { undisturbed, disturbed } = await chaos(['worker', 'worker', 'worker', 'server'], {
      seed: 4,
      onLine: (line) => process.stderr.write(`${line}\n`),
    });
    expect(undisturbed.verdicts.length).toBeGreaterThanOrEqual(12);
    expect(disturbed).toHaveLength(4);
    for (const { verdicts, trials } of disturbed) {
      expect(verdicts).toEqual(undisturbed.verdicts);
      expect(trials).toEqual(undisturbed.trials);
    }
    expect(undisturbed.trials.every((count) => count === 1)).toBe(true);
  }, 300_000);
});

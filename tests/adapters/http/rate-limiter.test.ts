import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimiter } from '../../../adapters/http/rate-limiter.ts';
import { jumpingClock } from './local-provider.ts';

const { signal } = new AbortController();

test('a burst goes at once, the rest evenly', async () => {
  const clock = jumpingClock();
  const turn = createRateLimiter({ requests: 10, perMs: 1000, burst: 3 }, clock);
  for (let i = 0; i < 6; i++) await turn(signal);
  expect(clock.slept).toEqual([100, 100, 100]);
});

test('no window holds more requests than the limit and a burst', async () => {
  const limits = fc.record({ requests: fc.integer({ min: 1, max: 20 }), burst: fc.integer({ min: 1, max: 5 }) });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(fc.nat(300), { maxLength: 60 }), async ({ requests, burst }, pauses) => {
      const clock = jumpingClock();
      const turn = createRateLimiter({ requests, perMs: 1000, burst }, clock);
      const times: number[] = [];
      for (const pause of pauses) {
        await clock.sleep(pause, signal);
        await turn(signal);
        times.push(clock.nowMs());
      }
      for (const start of times) {
        const within = times.filter((time) => time >= start && time < start + 1000 - 1e-6).length;
        expect(within).toBeLessThanOrEqual(requests + burst);
      }
    }),
  );
});

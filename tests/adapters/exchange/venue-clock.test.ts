import { describe, expect, test } from 'vitest';
import { createVenueClock, type VenueClock } from '../../../adapters/exchange/venue-clock.ts';

/** A venue whose clock is ahead of this process's monotonic one, told in steps. */
const venueAhead = (offsetMs: number, resolutionMs: number) => ({
  resolutionMs,
  askMs: async () => Math.floor((performance.now() + offsetMs) / resolutionMs) * resolutionMs,
});

/** How far the estimate is from the venue's clock, however long this process stands still between two reads of its own. */
function errorOf(clock: VenueClock, offsetMs: number): number {
  const before = performance.now() + offsetMs;
  const told = clock.estimateMs() ?? 0;
  const after = performance.now() + offsetMs;
  return Math.max(before - told, told - after, 0);
}

test('the venue’s time is known to the millisecond where it tells milliseconds', async () => {
  const clock = createVenueClock(venueAhead(5e11, 1));
  expect(clock.estimateMs()).toBeUndefined();
  const { roundTripMs } = await clock.ask();
  expect(errorOf(clock, 5e11)).toBeLessThan(roundTripMs / 2 + 2);
});

test('answers that tell seconds narrow the time down to less than one', async () => {
  const offset = 5e11 + 300;
  const clock = createVenueClock(venueAhead(offset, 1_000));
  const { roundTripMs } = await clock.ask();
  expect(errorOf(clock, offset)).toBeLessThanOrEqual(501 + roundTripMs / 2);
  await expect
    .poll(async () => {
      await clock.ask();
      return errorOf(clock, offset);
    })
    .toBeLessThan(150);
});

test('a venue that sets its clock is believed at once; the wall clock’s distance is told', async () => {
  let offset = Date.now() - performance.now() + 90_000;
  const clock = createVenueClock({ resolutionMs: 1, askMs: async () => Math.floor(performance.now() + offset) });
  expect((await clock.ask()).skewMs).toBeGreaterThan(89_000);
  offset += 3_600_000;
  const { skewMs, roundTripMs } = await clock.ask();
  expect(skewMs).toBeGreaterThan(3_689_000);
  expect(errorOf(clock, offset)).toBeLessThan(roundTripMs / 2 + 2);
  expect(clock.last()?.skewMs).toBe(skewMs);
});

describe('what is decided by the venue’s clock', () => {
  /** A venue whose clock is ahead of ours by so much more at each look. */
  const venueAt = (offsets: readonly number[]) => {
    let looks = 0;
    const askMs = async () => {
      const offset = offsets[Math.min(looks, offsets.length - 1)] ?? 0;
      looks += 1;
      return Math.floor(performance.now() + offset);
    };
    return { clock: createVenueClock({ resolutionMs: 1, askMs }), looks: () => looks };
  };

  test.each([7_200_000, -7_200_000, 1_500])('waits after a jump by %i ms until it has gone evenly', async (jumpMs) => {
    const { clock, looks } = venueAt([5e11, 5e11 + jumpMs]);
    await clock.ask();
    await clock.ask();
    await clock.steadyMs();
    expect(looks()).toBe(3);
    expect(errorOf(clock, 5e11 + jumpMs)).toBeLessThan((clock.last()?.roundTripMs ?? 0) / 2 + 2);
    await clock.steadyMs();
    expect(looks()).toBe(3); // believed from then on
  });

  test('is nothing as long as it goes half a second a second apart, and nobody waits for ever', async () => {
    const { clock, looks } = venueAt([0, 2_000, 2_500, 3_000, 3_500].map((ms) => 5e11 + ms));
    await clock.ask();
    await clock.ask();
    await expect(clock.steadyMs()).rejects.toMatchObject({
      failure: { kind: 'notReachable', message: expect.stringContaining('come apart by') },
    });
    expect(looks()).toBe(5);
    // Signing of cancels and looks goes on with the newest answer.
    await clock.nowMs();
    expect(errorOf(clock, 5e11 + 3_500)).toBeLessThan((clock.last()?.roundTripMs ?? 0) / 2 + 2);
  });

  test('is not held up by what two machines of a venue may be apart', async () => {
    const { clock, looks } = venueAt([0, 80, 0, 900, 0].map((ms) => 5e11 + ms));
    for (let look = 0; look < 5; look++) await clock.ask();
    await clock.steadyMs();
    expect(looks()).toBe(5);
  });
});

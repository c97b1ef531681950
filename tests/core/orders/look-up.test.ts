import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  lookSinceMs,
  restoreSafeMs,
  resumeLookUp,
  settleTimeMs,
  startLookUp,
  stepLookUp,
} from '../../../core/orders/look-up.ts';
import type { VenueTraits } from '../../../core/ports/exchange.ts';
import { noonMs } from '../../contracts/order-fixtures.ts';

const binance = { engineTimeMs: 10_000, readLagMs: 1_200 };
const kraken = { engineTimeMs: 0, readLagMs: 4_500 };
const submission = { timestampMs: noonMs, deadlineMs: noonMs + 5_000 };

test('each look goes on from what the ones before it showed', () => {
  const first = startLookUp(submission, binance);
  const early = stepLookUp(first, { venueMs: noonMs, found: false }).state;
  expect(early).toEqual({ ...first, early: 1 });
  const counted = stepLookUp(early, { venueMs: first.conclusiveMs + 1, found: false }).state;
  expect(counted).toEqual({ ...early, notFound: 1, lastNotFoundMs: first.conclusiveMs + 1 });
});

describe('the settle time (orders.md 4): longest engine time + 2 s of clocks + the read lag, at least 3 s', () => {
  test.each([
    ['Binance, whose lag was measured below the least', binance, 15_000],
    ['Kraken, whose lag was measured above it', kraken, 6_500],
    ['a venue that shows all at once', { engineTimeMs: 0, readLagMs: 0 }, 5_000],
  ])('%s', (_, traits, ms) => expect(settleTimeMs(traits)).toBe(ms));

  test('after a restore an id may show up until now + window + settle time', () => {
    const traits: VenueTraits = {
      ...binance,
      venue: 'binance',
      hasDeadline: true,
      receiveWindowMs: 5_000,
      forgetsFilledIds: false,
      deadManSwitch: 'none',
      ledgerDecimals: 8,
      hasPositions: false,
    };
    expect(restoreSafeMs(noonMs, traits)).toBe(noonMs + 20_000);
  });

  test('fills are looked for from 5 s before the signed timestamp', () => {
    expect(lookSinceMs(submission)).toBe(noonMs - 5_000);
  });
});

/** The conclusions of looks that find nothing, at these venue times. */
const conclude = (venueTimesMs: readonly number[]): string[] => {
  let state = startLookUp(submission, kraken);
  return venueTimesMs.map((venueMs) => {
    const step = stepLookUp(state, { venueMs, found: false });
    state = step.state;
    return step.conclusion.kind === 'lookAgain' ? String(step.conclusion.afterMs) : step.conclusion.kind;
  });
};

describe('a look-up', () => {
  // Deadline noon + 5 s, settle time 6.5 s: only looks that began after noon + 11.5 s prove anything.
  const conclusiveMs = noonMs + 11_500;

  test('found is found at once, whenever that is', () => {
    const state = startLookUp(submission, kraken);
    for (const venueMs of [noonMs, conclusiveMs, conclusiveMs + 60_000]) {
      expect(stepLookUp(state, { venueMs, found: true })).toEqual({ state, conclusion: { kind: 'found' } });
    }
  });

  test('not found three times, 2 s apart, after the settle time: never accepted', () => {
    expect(conclude([conclusiveMs + 1, conclusiveMs + 2_001, conclusiveMs + 4_001])).toEqual([
      '2000',
      '2000',
      'notSent',
    ]);
  });

  test('a look at the very end of the settle time proves nothing', () => {
    expect(conclude([noonMs, conclusiveMs - 400, conclusiveMs])).toEqual(['1000', '401', '1']);
  });

  test('before the settle time it looks soon, then every 4 s: an accepted order is adopted within 5 s', () => {
    const times = [0, 1_000, 3_000, 7_000, 11_000, 11_501].map((ms) => noonMs + ms);
    expect(conclude(times)).toEqual(['1000', '2000', '4000', '4000', '501', '2000']);
  });

  test('where the key’s rates are small it is every 4 s from the first look on', () => {
    const state = startLookUp(submission, { ...kraken, leastPollMs: 10_000 });
    const first = stepLookUp(state, { venueMs: noonMs, found: false });
    expect(first.conclusion).toEqual({ kind: 'lookAgain', afterMs: 4_000 });
    const second = stepLookUp(first.state, { venueMs: noonMs + 4_000, found: false });
    expect(second.conclusion).toEqual({ kind: 'lookAgain', afterMs: 4_000 });
  });

  test('a look that comes too soon after another is none', () => {
    const times = [1, 1_500, 2_000, 2_001, 3_000, 4_001].map((ms) => conclusiveMs + ms);
    expect(conclude(times)).toEqual(['2000', '501', '1', '2000', '1001', 'notSent']);
  });

  /** orders.md 4: concluded within settle time + 7 s of the deadline, where a look takes up to a second. */
  test('concludes within settle time + 7 s of the deadline, and never before three looks 2 s apart', () => {
    const takes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(takes, fc.integer({ min: 0, max: 12_000 }), (tookMs, lateMs) => {
        let state = startLookUp(submission, kraken);
        let venueMs = noonMs + lateMs;
        const counted: number[] = [];
        for (const ms of tookMs) {
          const step = stepLookUp(state, { venueMs, found: false });
          if (step.state.notFound > state.notFound) counted.push(venueMs);
          state = step.state;
          if (step.conclusion.kind !== 'lookAgain') break;
          venueMs += ms + step.conclusion.afterMs;
        }
        expect(counted).toHaveLength(3);
        expect(counted.every((at, place) => at - (counted[place - 1] ?? 0) >= 2_000)).toBe(true);
        expect(Math.min(...counted)).toBeGreaterThan(conclusiveMs);
        expect(Math.max(...counted)).toBeLessThanOrEqual(Math.max(conclusiveMs, noonMs + lateMs) + 7_000);
      }),
    );
  });
});

describe('a look-up that another process goes on with', () => {
  const fresh = startLookUp(submission, kraken);
  const { conclusiveMs } = fresh;
  const told = { conclusiveMs, early: 4, notFound: 2, lastNotFoundMs: conclusiveMs + 2_001 };

  test('counts the looks that were made, and waits 2 s after the last of them', () => {
    const resumed = resumeLookUp(fresh, told);
    expect(resumed).toEqual(told);
    expect(stepLookUp(resumed, { venueMs: conclusiveMs + 3_001, found: false }).conclusion).toEqual({
      kind: 'lookAgain',
      afterMs: 1_000,
    });
    expect(stepLookUp(resumed, { venueMs: conclusiveMs + 4_001, found: false }).conclusion.kind).toBe('notSent');
  });

  test.each([
    ['nothing', undefined],
    ['no object', 'accepted 0'],
    ['null', null],
    ['of another submission', { ...told, conclusiveMs: conclusiveMs + 1 }],
    ['half of it', { conclusiveMs, notFound: 2 }],
    ['no number', { ...told, notFound: '2' }],
    ['below nothing', { ...told, early: -1 }],
    ['no whole number', { ...told, lastNotFoundMs: Number.NaN }],
  ])('%s: it begins anew', (_, what) => expect(resumeLookUp(fresh, what)).toEqual(fresh));

  test.each([
    ['more looks than are ever needed', { ...told, notFound: 3 }],
    ['looks that proved nothing', { ...told, lastNotFoundMs: conclusiveMs }],
  ])('%s count for nothing', (_, what) => expect(resumeLookUp(fresh, what)).toEqual({ ...fresh, early: 4 }));
});

import type { VenueTraits } from '../ports/exchange.ts';
import type { Submission } from './types.ts';

/** Spread of the clocks of a venue's machines. */
const clockSpreadMs = 2_000;

/** The least that is allowed for an accepted order to show, whatever was measured. */
const leastReadLagMs = 3_000;

const longestEarlyPauseMs = 4_000;

/** Where the key's rates are small, its second look comes as late as later ones do. */
const looksLeftOut = 2;

const looksNeeded = 3;
const betweenLooksMs = 2_000;

/** How far before the signed timestamp fills are looked for: the venue's clock may have stood behind the signing one. */
const fillsBeforeMs = 5_000;

/** After the deadline, how long an accepted order may still be missing from every query (orders.md 4). */
export const settleTimeMs = ({ engineTimeMs, readLagMs }: Pick<VenueTraits, 'engineTimeMs' | 'readLagMs'>): number =>
  engineTimeMs + clockSpreadMs + Math.max(readLagMs, leastReadLagMs);

/** From where an order's fills are looked up. */
export const lookSinceMs = ({ timestampMs }: Submission): number => timestampMs - fillsBeforeMs;

/** Venue time up to which an id that the store has as `initialized`, or not at all, may still show up after a restore. */
export const restoreSafeMs = (restoredVenueMs: number, traits: VenueTraits): number =>
  restoredVenueMs + traits.receiveWindowMs + settleTimeMs(traits);

/** What the looks so far have shown. Plain JSON; times are the venue's. */
export type LookUp = Readonly<{
  /** Deadline + settle time: only looks that began after it prove anything. */
  conclusiveMs: number;
  /** Looks before that, those that were left out included. */
  early: number;
  notFound: number;
  lastNotFoundMs: number;
}>;

export const startLookUp = (
  submission: Submission,
  traits: Pick<VenueTraits, 'engineTimeMs' | 'readLagMs' | 'leastPollMs'>,
): LookUp => ({
  conclusiveMs: submission.deadlineMs + settleTimeMs(traits),
  early: traits.leastPollMs === undefined ? 0 : looksLeftOut,
  notFound: 0,
  lastNotFoundMs: 0,
});

/**
 * Goes on where another process stopped: looks that it told of count, whoever made them. `told` is from outside; what
 * is no look-up of this submission counts as nothing, and so is begun anew.
 */
export function resumeLookUp(fresh: LookUp, told: unknown): LookUp {
  if (typeof told !== 'object' || told === null) return fresh;
  const { conclusiveMs, early, notFound, lastNotFoundMs } = told as Partial<Record<keyof LookUp, unknown>>;
  if (conclusiveMs !== fresh.conclusiveMs || !isCount(early) || !isCount(notFound) || !isCount(lastNotFoundMs)) {
    return fresh;
  }
  // Without a look that proves something there is no time of one, and no other way round.
  const proves = notFound > 0 && notFound < looksNeeded && lastNotFoundMs > conclusiveMs;
  return { ...fresh, early: Math.max(early, fresh.early), ...(proves && { notFound, lastNotFoundMs }) };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * One look. `venueMs` is the venue's own time, asked from its time endpoint before the look began; a look that failed
 * is no look and is not handed in.
 */
export type Look = Readonly<{ venueMs: number; found: boolean }>;

export type LookConclusion =
  | Readonly<{ kind: 'found' }>
  | Readonly<{ kind: 'notSent' }>
  /** Look again after so many ms; by then the venue's time, asked anew, decides. */
  | Readonly<{ kind: 'lookAgain'; afterMs: number }>;

/** Found: at once. Never accepted: not found three times, 2 s apart, each begun after deadline + settle time. */
export function stepLookUp(
  state: LookUp,
  { venueMs, found }: Look,
): Readonly<{ state: LookUp; conclusion: LookConclusion }> {
  if (found) return { state, conclusion: { kind: 'found' } };
  if (venueMs <= state.conclusiveMs) {
    const afterMs = Math.min(earlyPauseMs(state.early), state.conclusiveMs - venueMs + 1);
    return { state: { ...state, early: state.early + 1 }, conclusion: { kind: 'lookAgain', afterMs } };
  }
  if (state.notFound > 0 && venueMs < state.lastNotFoundMs + betweenLooksMs) {
    return { state, conclusion: { kind: 'lookAgain', afterMs: state.lastNotFoundMs + betweenLooksMs - venueMs } };
  }
  const counted = { ...state, notFound: state.notFound + 1, lastNotFoundMs: venueMs };
  if (counted.notFound >= looksNeeded) return { state: counted, conclusion: { kind: 'notSent' } };
  return { state: counted, conclusion: { kind: 'lookAgain', afterMs: betweenLooksMs } };
}

/**
 * Soon at first, so that what was accepted is adopted soon, and within 5 s later on. Looks each second would use up what
 * a Kraken account may ask before the ones that count (three units each, of 20 and one more a second).
 */
const earlyPauseMs = (looks: number) => Math.min(1_000 * 2 ** looks, longestEarlyPauseMs);

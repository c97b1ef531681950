import { setTimeout as sleep } from 'node:timers/promises';
import { VenueError } from '../../core/ports/exchange.ts';

/** What one look at the venue's clock said. */
export type ClockReading = Readonly<{
  venueMs: number;
  /** Venue's time minus this host's wall clock: for people and `doctor`, nothing is decided by it. */
  skewMs: number;
  roundTripMs: number;
}>;

export type VenueClock = Readonly<{
  /** The venue's time by its answers so far and the monotonic clock; asks when the last one is too old. */
  nowMs(): Promise<number>;
  /**
   * As nowMs, for what is decided by it. After the venue's clock and ours have come apart by more than a second at once
   * (one of them was set, or this machine slept) it is asked again until they have gone evenly for a second; VenueError
   * `notReachable` where they do not.
   */
  steadyMs(): Promise<number>;
  /** The same as nowMs without asking; undefined before the first answer. */
  estimateMs(): number | undefined;
  /** Asks now. */
  ask(signal?: AbortSignal): Promise<ClockReading>;
  /** The last reading, if there was one. */
  last(): ClockReading | undefined;
}>;

export type ClockSource = Readonly<{
  /** The venue's clock, asked now. */
  askMs(signal?: AbortSignal): Promise<number>;
  /** The step in which it tells: 1 at Binance, 1000 at Kraken, where all we know is the second. */
  resolutionMs: number;
}>;

const freshMs = 5 * 60_000;

/** As far as two machines of a venue may be apart. */
const evenMs = 100;

/** More at once is no drift: one of the clocks was set. */
const jumpLimitMs = 1_000;

/** A clock that has jumped is believed when it goes evenly for so long. */
const steadyAfterMs = 1_000;
const mostLooks = 3;

/** Quartz clocks run apart by up to so much: 30 ms in five minutes. */
const drift = 1e-4;

/** The offset (venue's time minus monotonic time) lay between these at that moment. */
type Bounds = Readonly<{ least: number; most: number; atMs: number }>;

/**
 * Keeps bounds for the offset between the venue's clock and this process's monotonic clock, so that a wall clock that
 * jumps or stands wrong changes no timestamp. The venue read its clock somewhere inside the round trip and cut it to its
 * resolution; each answer narrows the bounds (Marzullo 1984), drift widens them, one that contradicts them replaces them.
 */
export function createVenueClock({ askMs, resolutionMs }: ClockSource): VenueClock {
  let bounds: Bounds | undefined;
  let last: ClockReading | undefined;
  let jump: Jump | undefined;
  const widened = ({ least, most, atMs }: Bounds, nowMs: number): Bounds => {
    const wider = (nowMs - atMs) * drift;
    return { least: least - wider, most: most + wider, atMs: nowMs };
  };
  const estimateMs = () =>
    bounds === undefined ? undefined : Math.floor(performance.now() + (bounds.least + bounds.most) / 2);
  const ask = async (signal?: AbortSignal): Promise<ClockReading> => {
    const startMs = performance.now();
    const venueMs = await askMs(signal);
    const endMs = performance.now();
    const told = { least: venueMs - endMs, most: venueMs + resolutionMs - startMs, atMs: endMs };
    const before = bounds && widened(bounds, endMs);
    const least = Math.max(told.least, before?.least ?? -Infinity);
    const most = Math.min(told.most, before?.most ?? Infinity);
    bounds = least <= most ? { least, most, atMs: endMs } : told;
    jump = jumpAfter(jump, least - most, endMs);
    const skewMs = Math.round((estimateMs() ?? venueMs) - Date.now());
    last = { venueMs, skewMs, roundTripMs: endMs - startMs };
    return last;
  };
  const nowMs = async () => {
    if (bounds === undefined || performance.now() - bounds.atMs > freshMs) await ask();
    return estimateMs() ?? 0;
  };
  const steadyMs = async (looksLeft: number): Promise<number> => {
    const now = await nowMs();
    if (jump === undefined) return now;
    if (looksLeft === 0) throw unsteady(jump);
    // A timer may ring a moment early.
    await sleep(Math.max(0, jump.sinceMs + steadyAfterMs - performance.now()) + 2);
    await ask();
    return steadyMs(looksLeft - 1);
  };
  return {
    ask,
    estimateMs,
    last: () => last,
    nowMs,
    steadyMs: () => steadyMs(mostLooks),
  };
}

/** Since when (monotonic) the clocks have to be seen going evenly again, and how far they had come apart. */
type Jump = Readonly<{ sinceMs: number; byMs: number }>;

/** `apartMs`: by how much the newest answer contradicts those before it; negative where it does not. */
function jumpAfter(before: Jump | undefined, apartMs: number, nowMs: number): Jump | undefined {
  if (apartMs > jumpLimitMs) return { sinceMs: nowMs, byMs: apartMs };
  if (before === undefined) return undefined;
  if (apartMs > evenMs) return { ...before, sinceMs: nowMs };
  return nowMs - before.sinceMs < steadyAfterMs ? before : undefined;
}

const unsteady = ({ byMs }: Jump): VenueError =>
  new VenueError({
    kind: 'notReachable',
    code: '',
    message: `the venue’s clock and this machine’s have come apart by ${Math.round(byMs)} ms at once: nothing is sent until they go evenly`,
  });

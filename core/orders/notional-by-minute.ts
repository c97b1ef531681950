import { largest, units, unitText } from './amount.ts';

/** Notional in buckets of a minute of venue time, oldest first. Decimal strings, in quote. */
export type NotionalByMinute = readonly Readonly<{ minuteMs: number; notional: string }>[];

const minuteMs = 60_000;

export const minuteOf = (venueMs: number): number => Math.floor(venueMs / minuteMs) * minuteMs;

/** Units of notional at venue times, in any order, as buckets. */
export function bucketsOf(spent: readonly Readonly<{ venueMs: number; notional: bigint }>[]): NotionalByMinute {
  const buckets = new Map<number, bigint>();
  for (const { venueMs, notional } of spent) {
    const minute = minuteOf(venueMs);
    buckets.set(minute, (buckets.get(minute) ?? 0n) + notional);
  }
  return textsOf(buckets);
}

/** Of two accounts of the same thing the larger one, minute by minute. */
export function largestOf(left: NotionalByMinute, right: NotionalByMinute): NotionalByMinute {
  const buckets = new Map<number, bigint>();
  for (const { minuteMs: minute, notional } of [...left, ...right]) {
    buckets.set(minute, largest(buckets.get(minute) ?? 0n, units(notional)));
  }
  return textsOf(buckets);
}

/** Those that a period, which began then, has not left behind whole. */
export const bucketsSince = (buckets: NotionalByMinute, sinceMs: number): NotionalByMinute =>
  buckets.filter((bucket) => bucket.minuteMs + minuteMs > sinceMs);

export const notionalSum = (buckets: NotionalByMinute): bigint =>
  buckets.reduce((sum, { notional }) => sum + units(notional), 0n);

const textsOf = (buckets: ReadonlyMap<number, bigint>): NotionalByMinute =>
  [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([minute, notional]) => ({ minuteMs: minute, notional: unitText(notional) }));

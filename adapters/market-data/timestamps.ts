/** Times that a market's file may hold: 1980 to 2100. In s, ms, µs and ns these are four ranges far apart. */
const firstMs = Date.UTC(1980, 0, 1);
const endMs = Date.UTC(2100, 0, 1);

/** Milliseconds in one unit, by the unit that epoch numbers may be written in. */
const unitsMs = [1_000, 1, 1e-3, 1e-6] as const;

const isTime = (ms: number) => ms >= firstMs && ms < endMs;

/** Epoch number -> ms; multiplies or divides by a whole power of ten, so that no digit is lost. */
const toMs = (value: number, unitMs: number) => (unitMs >= 1 ? value * unitMs : value / Math.round(1 / unitMs));

/**
 * Turns a column of epoch numbers into epoch ms, in place. The unit (s, ms, µs, ns) is that of the first number, which
 * fits only one; what is no time in that unit becomes NaN, so that no file mixes units.
 */
export function epochToMs(values: Float64Array): void {
  const first = values.find((value) => Number.isFinite(value)) ?? Number.NaN;
  const unitMs = unitsMs.find((unit) => isTime(toMs(first, unit)));
  if (unitMs === 1 && values.every(isTime)) return;
  for (let i = 0; i < values.length; i++) {
    const ms = unitMs === undefined ? Number.NaN : toMs(values[i], unitMs);
    values[i] = isTime(ms) ? ms : Number.NaN;
  }
}

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?)?$/;

/**
 * Epoch ms of an ISO 8601 time, or NaN. A time without a zone is UTC, as all exchanges and pandas' naive indexes are;
 * days written in another order (01/02/2024) are refused, since nobody can tell which is the month.
 */
export function isoToMs(text: string): number {
  const match = iso.exec(text);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1_000;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const sameDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month <= 12;
  if (!sameDay || hour > 23 || minute > 59 || second > 59 || !isTime(ms)) return Number.NaN;
  return ms + fraction - offsetMs(match[8] ?? 'Z');
}

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'UTC') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}

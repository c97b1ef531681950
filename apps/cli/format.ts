/** How numbers and times read in tables for people. */

/** 0.1234 -> 12.34 % */
export const percent = (fraction: number, digits = 2): string => `${grouped(fraction * 100, digits)} %`;

/** 1234.5 -> 1,234.50 */
export const grouped = (value: number, digits = 2): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** 8448 -> 8,448 */
export const count = (value: number): string => grouped(value, 0);

/** A price with the digits that matter at its size. */
export function price(value: number): string {
  const size = Math.abs(value);
  return size >= 1000 ? grouped(value, 2) : value.toLocaleString('en', { maximumSignificantDigits: 6 });
}

/** 2024-06-15 13:00, UTC; the hour is left out of days. */
export function utcTime(ms: number): string {
  const text = new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  return text.endsWith(' 00:00') ? text.slice(0, 10) : text;
}

const levels = '▁▂▃▄▅▆▇█';

/** A curve in one line: the last value of each of `width` stretches, between the lowest and the highest. */
export function sparkline(values: ArrayLike<number>, width = 48): string {
  const cells = Math.min(width, values.length);
  const picked = Array.from(
    { length: cells },
    (_, cell) => values[Math.ceil(((cell + 1) * values.length) / cells) - 1],
  );
  const low = Math.min(...picked);
  const spread = Math.max(...picked) - low;
  return picked
    .map((value) => levels[spread === 0 ? 0 : Math.round(((value - low) / spread) * (levels.length - 1))])
    .join('');
}

/** `1 strategy`, `2 strategies`. */
export const strategyCount = (strategies: number): string =>
  `${strategies} ${strategies === 1 ? 'strategy' : 'strategies'}`;

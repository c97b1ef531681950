/** The timeframes a strategy may ask for, with their length in milliseconds. */
export const timeframeMs = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
} as const;

export type Timeframe = keyof typeof timeframeMs;

export const timeframes = Object.keys(timeframeMs) as readonly Timeframe[];

export const dayMs = 86_400_000;

/** Crypto trades every day of the year. */
export const daysPerYear = 365;

/** Bars in a year of 365 days. */
export const barsPerYear = (timeframe: Timeframe): number => (daysPerYear * dayMs) / timeframeMs[timeframe];

export const isTimeframe = (text: string): text is Timeframe => Object.hasOwn(timeframeMs, text);

import { z } from 'zod';
import { closes, type Close } from './binance.ts';
import { deribitCurrency, volatilityIndex } from './deribit.ts';
import { asOf, dayMs, defineHalf } from './fetch-half.ts';

const query = z.strictObject({
  currency: deribitCurrency(),
  days: z.int().min(50).max(1_500).default(365).describe('days, the latest that are over'),
  asOf: asOf(),
});

/** A day that misses more than one bar in twenty is left out, never scaled. */
const barsOfDay = 288;
const fewestBars = 274;

/** DVOL at the end of each day and what was realised on it, from 5-minute bars of the spot market on Binance. */
export const variancePremium = defineHalf({
  query,
  example: { currency: 'BTC', days: 365 },
  fetch: async (asked, context) => {
    const untilMs = asked.asOf ?? context.nowMs;
    const index = await volatilityIndex({ currency: asked.currency, days: asked.days, untilMs }, context);
    if (index.length === 0) return { iv: [], rv: [] };
    const firstMs = index[0].t;
    const bars = await closes(
      {
        symbol: `${asked.currency}USDT`,
        interval: '5m',
        // The bar before, which the first return counts from.
        fromMs: firstMs - dayMs / barsOfDay,
        toMs: index[index.length - 1].t + dayMs,
      },
      context,
    );
    const variances = realisedVariances(bars, firstMs);
    const days = index.flatMap(({ t, level }) => {
      const rv = variances.get(t);
      return rv === undefined ? [] : [{ iv: level, rv }];
    });
    return { iv: days.map(({ iv }) => iv), rv: days.map(({ rv }) => rv) };
  },
});

/**
 * Sum of squared log returns of each day of 24 hours from `firstMs` on, the first from the close before it. Days of too
 * few bars are left out.
 */
export function realisedVariances(bars: readonly Close[], firstMs: number): Map<number, number> {
  const days = new Map<number, { bars: number; variance: number }>();
  bars.forEach(({ openMs, close }, i) => {
    if (i === 0) return;
    const start = openMs - ((openMs - firstMs) % dayMs);
    const day = days.get(start) ?? { bars: 0, variance: 0 };
    days.set(start, { bars: day.bars + 1, variance: day.variance + Math.log(close / bars[i - 1].close) ** 2 });
  });
  const whole = [...days].filter(([, day]) => day.bars >= fewestBars);
  return new Map(whole.map(([start, { variance }]) => [start, variance]));
}

import { z } from 'zod';
import { normalCdf } from '../../core/math/normal.ts';
import { timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';

const quote = z.strictObject({
  strike: z.number().positive().describe('price units'),
  type: z.enum(['call', 'put']).describe('of the option'),
  iv: z.number().positive().describe('implied volatility, fraction'),
});

const optionExpiry = z.strictObject({
  expiry: timeMs(),
  forward: z.number().positive().describe('of the underlying to the expiry'),
  quotes: z.array(quote),
});

/** An option chain, an expiry at a time. */
export const optionExpiries = z.array(optionExpiry).describe('the chain, in any order');

type Quote = z.output<typeof quote>;
export type OptionExpiry = z.output<typeof optionExpiry>;

/** Volatilities of one expiry at three deltas. */
export type DeltaPoints = Readonly<{ years: number; call25: number; put25: number; atm: number; strikes: number }>;

const yearMs = 365 * 86_400_000;

type Terms = Readonly<{ asOf: number; minPoints: number }>;

/**
 * Implied volatility at call deltas 0.25, 0.5 and 0.75 (forward Black-76 delta, not premium-adjusted), linear in delta
 * between strikes of the out-of-the-money side; or why the expiry is of no use. `index` is its place in the input.
 */
export function deltaPoints(
  { expiry, forward, quotes }: OptionExpiry,
  index: number,
  terms: Terms,
): DeltaPoints | string {
  const years = (expiry - terms.asOf) / yearMs;
  const perStrike = outOfTheMoney(quotes, forward, `input.expiries[${index}].quotes`);
  if (!(years > 0)) return 'expired';
  const points = perStrike
    .map(({ strike, iv }) => {
      const deviation = iv * Math.sqrt(years);
      return { delta: normalCdf((Math.log(forward / strike) + (iv * iv * years) / 2) / deviation), iv };
    })
    .filter(({ delta }) => delta >= 0.02 && delta <= 0.98);
  if (points.length < terms.minPoints) return `${points.length} strikes, not ${terms.minPoints}`;
  if (points.some(({ delta }, i) => i > 0 && !(delta < points[i - 1].delta)))
    return 'deltas that do not fall with strike';
  const [high, low] = [points[0].delta, points[points.length - 1].delta];
  if (low > 0.25 || high < 0.75) return `deltas from ${low.toFixed(2)} to ${high.toFixed(2)} only`;
  const ivAt = (delta: number) => interpolate(points, delta);
  return { years, call25: ivAt(0.25), put25: ivAt(0.75), atm: ivAt(0.5), strikes: points.length };
}

/** One volatility a strike, rising: of the put below the forward, of the call from it on, else of the other. */
function outOfTheMoney(quotes: readonly Quote[], forward: number, path: string): Quote[] {
  const chosen = new Map<number, Quote>();
  const seen = new Set<string>();
  quotes.forEach((given, j) => {
    const { strike, type, iv } = given;
    if (iv > 10) refuse(`${path}[${j}].iv`, 'too high: a fraction, not percent', 'at most 10', iv);
    if (seen.has(`${strike} ${type}`))
      refuse(`${path}[${j}]`, 'a strike and type for the second time', 'each once', given);
    seen.add(`${strike} ${type}`);
    const wanted = strike < forward ? 'put' : 'call';
    if (type === wanted || !chosen.has(strike)) chosen.set(strike, given);
  });
  return [...chosen.values()].toSorted((a, b) => a.strike - b.strike);
}

type Point = Readonly<{ delta: number; iv: number }>;

/** Linear in delta; deltas fall along the points, and the one asked for lies between the first and the last. */
function interpolate(points: readonly Point[], delta: number): number {
  const right = Math.max(
    1,
    points.findIndex((point) => point.delta <= delta),
  );
  const [above, below] = [points[right - 1], points[right]];
  return below.iv + ((above.iv - below.iv) * (delta - below.delta)) / (above.delta - below.delta);
}

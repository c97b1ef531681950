import type { Bars } from '../market/bars.ts';
import { barsPerYear } from '../market/timeframe.ts';
import { sampleDeviation } from '../math/moments.ts';
import type { BoundSizing, SizeAt } from '../strategy/strategy-plugins.ts';
import type { SizingPlan } from './plan.ts';

/**
 * Answers which fraction of the equity an entry takes that is decided at a bar.
 * volTarget: annualVol over the annual volatility, at most maxFraction; NaN while there is none.
 */
export function createSizing(sizing: SizingPlan, bars: Bars): SizeAt {
  if (sizing.method === 'fraction') return () => sizing.fraction;
  if (sizing.method === 'plugin') {
    const sizeAt = sizing.plugin.create(bars);
    return (bar, direction) => pluginFraction(sizing.plugin, sizeAt(bar, direction), sizing.maxFraction);
  }
  const { annualVol, lookback, maxFraction } = sizing;
  const volatilityAt = createVolatility(bars, lookback);
  return (bar) => targetFraction(volatilityAt(bar), annualVol, maxFraction);
}

export const targetFraction = (volatility: number, annualVol: number, maxFraction: number): number =>
  volatility > 0 ? Math.min(maxFraction, annualVol / volatility) : NaN;

/** What a sizing plugin gives as a fraction of the equity, within 0..maxFraction; NaN where it gives nothing. */
export const pluginFraction = ({ gives }: BoundSizing, size: number, maxFraction: number): number =>
  gives === 'multiplier' ? size * maxFraction : Math.max(0, Math.min(size, maxFraction));

/** Annual volatility of the last `lookback` log returns that end at a bar (ddof 1); NaN while there are fewer. */
export function createVolatility(bars: Bars, lookback: number): (bar: number) => number {
  const yearly = Math.sqrt(barsPerYear(bars.timeframe));
  const logReturns = new Float64Array(lookback);
  return (bar) => {
    if (bar < lookback) return NaN;
    for (let index = 0; index < lookback; index += 1) {
      const at = bar - lookback + 1 + index;
      logReturns[index] = Math.log(bars.close[at] / bars.close[at - 1]);
    }
    return sampleDeviation(logReturns) * yearly;
  };
}

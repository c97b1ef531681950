import type { Bars, FundingRates } from '../../market/bars.ts';
import { timeframeMs } from '../../market/timeframe.ts';

/**
 * The funding payments of a market in the order in which a run meets them. `moment` is 2 x bar for one that is due at
 * the bar's open and 2 x bar + 1 for one inside the bar, settled at its close; a position pays
 * quantity x price x rate.
 */
export type FundingEvents = Readonly<{ moment: Int32Array; price: Float64Array; rate: Float64Array }>;

/** Payments in a gap between bars have no price and are left out, as in the event engine. */
export function fundingEvents(bars: Bars, funding: FundingRates | undefined): FundingEvents {
  const moments: number[] = [];
  const prices: number[] = [];
  const rates: number[] = [];
  const { timeMs, open, close } = bars;
  const barMs = timeframeMs[bars.timeframe];
  let bar = 0;
  for (let index = 0; index < (funding?.timeMs.length ?? 0); index += 1) {
    const dueMs = funding?.timeMs[index] ?? NaN;
    while (bar < timeMs.length && timeMs[bar] + barMs <= dueMs) bar += 1;
    if (bar === timeMs.length) break;
    if (dueMs < timeMs[bar]) continue;
    const atOpen = dueMs === timeMs[bar];
    moments.push(2 * bar + (atOpen ? 0 : 1));
    prices.push(atOpen ? open[bar] : close[bar]);
    rates.push(funding?.rate[index] ?? NaN);
  }
  return { moment: Int32Array.from(moments), price: Float64Array.from(prices), rate: Float64Array.from(rates) };
}

import type { Trade } from '../backtest/types.ts';
import type { Bars } from '../market/bars.ts';
import { createPrng, type Prng } from '../math/prng.ts';
import { quantileSorted } from '../math/quantile.ts';
import type { Costs } from '../strategy/strategy.ts';
import { shuffled } from './grid-design.ts';

/** The mean trade of the run beside those of random entries. */
export type RandomEntry = Readonly<{
  /** Mean return of a trade, net of fees and slippage, funding left out. */
  mean: number;
  /** Share of the draws, and the run itself, that earn at least as much. */
  pValue: number;
  draws: number;
  /** Of the draws' means. */
  low: number;
  median: number;
  high: number;
}>;

/** A trade as a random draw moves it about: how it is bought, and how long it is held. */
type Holding = Readonly<{ direction: 1 | -1; bars: number; endsAtClose: boolean }>;

/** Exits that are decided the bar before fill at an open; the others fall inside or at the end of their bar. */
const atOpen: ReadonlySet<Trade['exitReason']> = new Set(['exitSignal', 'maxBars']);

/**
 * Whether entries are better timed than random ones: the trades of a run are dealt out anew over its bars, in random
 * order with random pauses, one at a time as in the run, with the same number, sides and holding times. What the test
 * leaves is the timing; a rising market and the number of trades help both alike. Statistic: mean return of a trade
 * after costs, from open to open (to the close where a stop, a target or the end of data closed it).
 * p = (1 + draws at or above) / (1 + draws): Phipson & Smyth (2010). Aronson (2007), Evidence-Based Technical Analysis.
 */
export function randomEntry(
  trades: readonly Trade[],
  bars: Bars,
  { draws, seed, costs }: Readonly<{ draws: number; seed: number; costs: Costs }>,
): RandomEntry | undefined {
  const holdings = trades.map(holdingOf);
  const held = holdings.reduce((sum, holding) => sum + occupied(holding), 0);
  const free = bars.timeMs.length - 1 - held; // nothing can be filled at the first open
  if (holdings.length === 0 || free < 0) return undefined;
  const random = createPrng(seed);
  const mean = trades.reduce((sum, trade) => sum + withoutFunding(trade), 0) / trades.length;
  const means = new Float64Array(draws);
  let atLeast = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    means[draw] = meanOfDraw(holdings, { bars, free, random, costs });
    if (means[draw] >= mean) atLeast += 1;
  }
  means.sort();
  return {
    mean,
    pValue: (1 + atLeast) / (1 + draws),
    draws,
    low: quantileSorted(means, 0.05),
    median: quantileSorted(means, 0.5),
    high: quantileSorted(means, 0.95),
  };
}

const holdingOf = ({ side, bars, exitReason }: Trade): Holding => ({
  direction: side === 'long' ? 1 : -1,
  bars,
  endsAtClose: !atOpen.has(exitReason),
});

/** Bars that no other trade may be entered in. A trade that ends at an open leaves that bar free. */
const occupied = ({ bars, endsAtClose }: Holding): number => Math.max(1, bars + (endsAtClose ? 1 : 0));

const withoutFunding = ({ pnl, funding, entryPrice, quantity }: Trade): number =>
  (pnl + funding) / (entryPrice * quantity);

type Deal = Readonly<{ bars: Bars; free: number; random: Prng; costs: Costs }>;

function meanOfDraw(holdings: readonly Holding[], { bars, free, random, costs }: Deal): number {
  const order = shuffled(holdings.length, random);
  // Sorted cuts: how many of the free bars lie before each trade.
  const cuts = Int32Array.from(order, () => random.nextBelow(free + 1)).toSorted();
  let sum = 0;
  let start = 1;
  for (let place = 0; place < order.length; place += 1) {
    const holding = holdings[order[place]];
    const entry = start + cuts[place];
    sum += returnOf(holding, { bars, entry, costs });
    start += occupied(holding);
  }
  return sum / holdings.length;
}

type Placed = Readonly<{ bars: Bars; entry: number; costs: Costs }>;

function returnOf({ direction, bars: length, endsAtClose }: Holding, { bars, entry, costs }: Placed): number {
  const slippage = costs.slippageBps * 1e-4;
  const fee = costs.feeBps * 1e-4;
  const bought = bars.open[entry] * (1 + direction * slippage);
  const exit = entry + length;
  const last = bars.timeMs.length - 1;
  const price = exit > last ? bars.close[last] : endsAtClose ? bars.close[exit] : bars.open[exit];
  const sold = price * (1 - direction * slippage);
  return (direction * (sold - bought)) / bought - fee * (1 + sold / bought);
}

import type { Bars } from '../../market/bars.ts';
import type { Signal } from '../../strategy/formula.ts';
import type { SignalName } from '../../strategy/strategy.ts';
import type { SizeAt } from '../../strategy/strategy-plugins.ts';
import type { BacktestOptions } from '../types.ts';
import type { Extremes } from './extremes.ts';
import type { FundingEvents } from './funding-events.ts';
import type { Marks } from './marks.ts';

/** What a book asks of its strategy: where its own signals are, and where a flat book enters. */
export type BookSignals = Readonly<Partial<Record<SignalName, Signal>> & { entry: Signal }>;

export type BookSetup = Readonly<{
  bars: Bars;
  /** Of the closes. */
  extremes: Extremes;
  funding: FundingEvents;
  /** The answers change from point to point, the functions stay. */
  signals: BookSignals;
  marks: Marks;
  /** Fraction of the equity for an entry decided at a bar; NaN or not positive is no entry. */
  fractionAt: SizeAt;
  options: Pick<BacktestOptions, 'fill' | 'closeAtEnd' | 'costs'>;
}>;

/**
 * One market's book during a sweep, changed in place point after point. It means what the event engine's book means
 * (a property compares them), but goes from signal to signal instead of from bar to bar, and keeps no trades.
 */
export type SweepBook = BookSetup & {
  readonly last: number;
  /** Fractions of the price. */
  readonly fee: number;
  readonly slippage: number;
  /** 1 where a decision fills at the next bar's open, 0 where it fills at its own close, and the prices of fills. */
  readonly fillDelay: number;
  readonly fillPrices: Float64Array;
  /** The first bar at which nothing is decided any more, and the first at which nothing may be entered. */
  readonly decisionEnd: number;
  readonly entryEnd: number;

  /** Exits of the point; Infinity where the strategy has none. */
  stopLoss: number;
  takeProfit: number;
  trailingStop: number;
  maxBars: number;

  cash: number;
  /** +1 long, -1 short. */
  direction: number;
  /** Negative for a short. */
  quantity: number;
  entryBar: number;
  entryPrice: number;
  entryFee: number;
  /** Paid since entry. */
  positionFunding: number;
  /** First funding payment that is not settled. */
  nextFunding: number;
  /** Price of the stop or target that `protectedExit` has found. */
  protectedPrice: number;
  /** Where the next exit signal was found; it stays the next one while the book has not come by it. */
  nextLongExit: number;
  nextShortExit: number;
  /** First bar whose equity is not marked. */
  marked: number;

  trades: number;
  /** Sums of what winning trades won and losing ones lost, both positive. */
  won: number;
  lost: number;
};

const bps = 1e-4;

export function createSweepBook(setup: BookSetup): SweepBook {
  const { bars, options } = setup;
  const last = bars.close.length - 1;
  const fillsAtClose = options.fill === 'close';
  const decisionEnd = fillsAtClose ? last + 1 : last;
  return {
    ...setup,
    last,
    fee: options.costs.feeBps * bps,
    slippage: options.costs.slippageBps * bps,
    fillDelay: fillsAtClose ? 0 : 1,
    fillPrices: fillsAtClose ? bars.close : bars.open,
    decisionEnd,
    entryEnd: fillsAtClose && options.closeAtEnd ? last : decisionEnd,
    stopLoss: Infinity,
    takeProfit: Infinity,
    trailingStop: Infinity,
    maxBars: Infinity,
    cash: 0,
    direction: 0,
    quantity: 0,
    entryBar: 0,
    entryPrice: 0,
    entryFee: 0,
    positionFunding: 0,
    nextFunding: 0,
    protectedPrice: 0,
    nextLongExit: -1,
    nextShortExit: -1,
    marked: 0,
    trades: 0,
    won: 0,
    lost: 0,
  };
}

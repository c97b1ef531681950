import type { Bars, FundingRates } from '../market/bars.ts';
import type { Costs } from '../strategy/strategy.ts';
import type { SizeAt } from '../strategy/strategy-plugins.ts';
import type { TradingPlan } from './plan.ts';
import { createSizing } from './sizing.ts';
import type { ExitReason, Trade } from './types.ts';

/** +1 long, -1 short, 0 flat: prices and quantities mirror by it. */
export type Direction = -1 | 0 | 1;

/**
 * The account of one market during a run: what it reads, its position, what was decided, and what it has counted.
 * One object of one shape, changed in place by the steps beside this file.
 */
export type Book = {
  readonly bars: Bars;
  readonly funding: FundingRates | undefined;
  readonly enterLong: Uint8Array;
  readonly exitLong: Uint8Array;
  readonly enterShort: Uint8Array;
  readonly exitShort: Uint8Array;
  /** Fraction of equity for a decision of bar t; NaN or <= 0 is no size. */
  readonly fractionAt: SizeAt;
  /** Rates of the exits; an exit that the strategy does not have is Infinity, which no price reaches. */
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly trailingStop: number;
  readonly maxBars: number;
  /** Whether step 3 has anything to look at. */
  readonly guarded: boolean;
  /** Fractions of the price. */
  readonly fee: number;
  readonly slippage: number;
  readonly fillAtClose: boolean;
  readonly closeAtEnd: boolean;

  cash: number;
  direction: Direction;
  quantity: number;
  entryBar: number;
  entryPrice: number;
  entryFee: number;
  positionFunding: number;
  /** Highest high (long) or lowest low (short) since entry, the entry price included. */
  extreme: number;
  bankrupt: boolean;

  /** What was decided and not yet executed. */
  pendingExit: ExitReason | undefined;
  pendingEntry: Direction;
  pendingFraction: number;
  /** Next funding payment that is not settled. */
  fundingIndex: number;

  /** Equity at each bar's close. */
  readonly marks: Float64Array;
  /** The position wanted after bar t's decision. */
  readonly decided: Int8Array;
  readonly trades: Trade[];
  entries: number;
  conflicts: number;
  entryExitClashes: number;
  noSize: number;
  barsHeld: number;
  notional: number;
  feesPaid: number;
  fundingPaid: number;
  /** Funding payments that fell where no bar is while a position was held: not charged, said in a warning. */
  fundingMissed: number;
};

export type BookOptions = Readonly<{
  bars: Bars;
  funding: FundingRates | undefined;
  plan: TradingPlan;
  cash: number;
  costs: Costs;
  fill: 'nextOpen' | 'close';
  closeAtEnd: boolean;
}>;

const bps = 1e-4;

/** A flat book before its first bar. */
export function createBook({ bars, funding, plan, cash, costs, fill, closeAtEnd }: BookOptions): Book {
  const size = bars.timeMs.length;
  const never = new Uint8Array(size);
  const { stopLoss = Infinity, takeProfit = Infinity, trailingStop = Infinity, maxBars = Infinity } = plan.exits;
  return {
    bars,
    funding,
    enterLong: plan.enterLong ?? never,
    exitLong: plan.exitLong ?? never,
    enterShort: plan.enterShort ?? never,
    exitShort: plan.exitShort ?? never,
    fractionAt: createSizing(plan.sizing, bars),
    stopLoss,
    takeProfit,
    trailingStop,
    maxBars,
    guarded: Math.min(stopLoss, takeProfit, trailingStop) < Infinity,
    fee: costs.feeBps * bps,
    slippage: costs.slippageBps * bps,
    fillAtClose: fill === 'close',
    closeAtEnd,
    cash,
    direction: 0,
    quantity: 0,
    entryBar: -1,
    entryPrice: 0,
    entryFee: 0,
    positionFunding: 0,
    extreme: 0,
    bankrupt: false,
    pendingExit: undefined,
    pendingEntry: 0,
    pendingFraction: 0,
    fundingIndex: 0,
    marks: new Float64Array(size),
    decided: new Int8Array(size),
    trades: [],
    entries: 0,
    conflicts: 0,
    entryExitClashes: 0,
    noSize: 0,
    barsHeld: 0,
    notional: 0,
    feesPaid: 0,
    fundingPaid: 0,
    fundingMissed: 0,
  };
}

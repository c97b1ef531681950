import type { BoundSizing } from '../strategy/strategy-plugins.ts';
import type { ExitName, SignalName } from '../strategy/strategy.ts';

/** How much of the equity a position takes; a number that is missing (NaN) or not positive means no entry. */
export type SizingPlan =
  | Readonly<{ method: 'fraction'; fraction: number }>
  | Readonly<{ method: 'volTarget'; annualVol: number; lookback: number; maxFraction: number }>
  | Readonly<{ method: 'plugin'; plugin: BoundSizing; maxFraction: number }>;

/**
 * What a strategy says about every bar of one market, with its parameters filled in: all that the engine knows of it.
 * Columns have the length of the bars; a signal fires where it is not 0.
 */
export type TradingPlan = Readonly<
  Partial<Record<SignalName, Uint8Array>> & {
    /** Missing is NaN. */
    forecast?: Float64Array;
    /** Fractions of the entry price (stopLoss, takeProfit), of the peak (trailingStop), a count of bars (maxBars). */
    exits: Readonly<Partial<Record<ExitName, number>>>;
    sizing: SizingPlan;
  }
>;

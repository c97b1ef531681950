import type { ParameterValues } from '../strategy/strategy.ts';
import type { DeployedCorrelation } from './deployed-correlation.ts';
import type { Deflated } from './deflate.ts';
import type { MonteCarlo } from './monte-carlo.ts';
import type { RandomEntry } from './random-entry.ts';
import type { Regime } from './regimes.ts';

/** How the sweep's points were chosen, and what they gave. Columns have one entry a point; the first is the defaults. */
export type SweepDetails = Readonly<{
  method: 'fullGrid' | 'latinHypercube';
  gridPoints: number;
  skipped: number;
  parameters: Readonly<Record<string, readonly number[]>>;
  /** Annual Sharpe over the whole window and over the out-of-sample days; null where it has no meaning. */
  sharpe: readonly (number | null)[];
  oosSharpe: readonly (number | null)[];
  /** Independent trials that the points are worth. */
  independentTrials: number;
  /** Daily returns of some of the points, spread evenly over them, each from the first day of the window on. */
  daily?: Readonly<{ points: readonly number[]; returns: readonly (readonly number[])[] }>;
}>;

/** One walk-forward window. Times are epoch ms, `to` excluded. */
export type WalkForwardDetails = Readonly<{
  trainFromMs: number;
  trainToMs: number;
  testFromMs: number;
  testToMs: number;
  parameters: ParameterValues;
  trainSharpe: number | null;
  testSharpe: number | null;
  testReturn: number;
  testTrades: number;
  /** Daily returns of what was chosen, in sample and after it. */
  trainReturns?: readonly number[];
  testReturns?: readonly number[];
}>;

export type NeighbourDetails = Readonly<{ parameters: ParameterValues; sharpe: number | null }>;

/** Mean out-of-sample Sharpe of the sweep's points by two parameters; null where no point lies. */
export type HeatMap = Readonly<{
  x: string;
  y: string;
  xs: readonly number[];
  ys: readonly number[];
  /** A row for each of `ys`. */
  sharpe: readonly (readonly (number | null)[])[];
}>;

export type PlateauDetails = Readonly<{
  centre: NeighbourDetails;
  neighbours: readonly NeighbourDetails[];
  heatMap?: HeatMap;
}>;

export type CostDetails = Readonly<{ multiple: number; totalReturn: number; sharpe: number | null }>;

export type HoldoutDetails = Readonly<{
  fromMs: number;
  toMs: number;
  /** Why it stayed sealed; absent when it was opened. */
  sealed?: string;
  sharpe?: number;
  totalReturn?: number;
  trades?: number;
}>;

/** What a report draws of a tier beside its verdict. What a tier does not do is left out. */
export type TierDetails = Readonly<{
  randomEntry?: RandomEntry;
  sweep?: SweepDetails;
  walkForward?: readonly WalkForwardDetails[];
  plateau?: PlateauDetails;
  costs?: readonly CostDetails[];
  monteCarlo?: Readonly<{ trades?: MonteCarlo; bars?: MonteCarlo }>;
  regimes?: readonly Regime[];
  deflated?: Deflated;
  bootstrap?: Readonly<{ mean: number; low: number; high: number; pValue: number; blockLength: number }>;
  deployed?: readonly DeployedCorrelation[];
  holdout?: HoldoutDetails;
}>;

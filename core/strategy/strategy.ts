import type { Timeframe } from '../market/timeframe.ts';
import type { Expression } from './expression.ts';

export const signalNames = ['enterLong', 'exitLong', 'enterShort', 'exitShort'] as const;
export type SignalName = (typeof signalNames)[number];

export const exitNames = ['stopLoss', 'takeProfit', 'trailingStop', 'maxBars'] as const;
export type ExitName = (typeof exitNames)[number];

export type ParameterRole = 'lookback' | 'threshold' | 'other';

/** A number that a sweep may move. Default and every value used lie in min..max. */
export type Parameter = Readonly<{
  name: string;
  default: number;
  min: number;
  max: number;
  /** As given, else (max - min) / 10, for integers max(1, round of that). */
  step: number;
  /** True when default, min, max and a given step all are integers: then values must be. */
  integer: boolean;
  role?: ParameterRole;
}>;

export type Feature = Readonly<{ name: string; expression: Expression }>;

/** A series plugin of the catalogue, computed once a run; its outputs are used as `alias.output`. */
export type PluginSeries = Readonly<{
  alias: string;
  plugin: string;
  input: Readonly<Record<string, Expression>>;
  params: Readonly<Record<string, unknown>>;
}>;

/** Fields are expressions over parameters only. */
export type Sizing =
  | Readonly<{ method: 'fraction'; fraction: Expression }>
  | Readonly<{ method: 'volTarget'; annualVol: Expression; lookback: Expression; maxFraction: Expression }>
  | Readonly<{ method: 'plugin'; plugin: string; params: Readonly<Record<string, unknown>>; maxFraction: Expression }>;

/** Costs a side, in basis points of the price. */
export type Costs = Readonly<{ feeBps: number; slippageBps: number }>;

export type Lineage = Readonly<{ source: 'manual' | 'discovery' | 'retry' | 'pivot'; parent?: string; ref?: string }>;

/** A listing of a market by days (YYYY-MM-DD): when it came, and when it went. */
export type Listing = Readonly<{ from?: string; to?: string }>;

/** Where the signals of a strategy in TypeScript come from: its outputs are those of a plugin series of `plugins`. */
export type StrategyCode = Readonly<{
  file: string;
  /** SHA-256 of the whole text, so that a thread runs what was checked. */
  sha256: string;
  listings: Readonly<Record<string, Listing>>;
}>;

/** A strategy file after every check: names resolve, windows are constants, defaults are allowed. Plain JSON. */
export type Strategy = Readonly<{
  id: string;
  name: string;
  hypothesis: string;
  lineage: Lineage;
  /** CCXT unified symbols; the first is the primary asset. */
  universe: readonly string[];
  timeframe: Timeframe;
  parameters: readonly Parameter[];
  /** Over parameters only; all of them must be true at a point. */
  constraints: readonly Expression[];
  /** In file order; they may refer to each other in any order, without a cycle. */
  features: readonly Feature[];
  plugins: readonly PluginSeries[];
  signals: Readonly<Partial<Record<SignalName, Expression>>>;
  forecast?: Expression;
  /** Over parameters only. */
  exits: Readonly<Partial<Record<ExitName, Expression>>>;
  sizing: Sizing;
  costs: Costs;
  /** There when the file is TypeScript. */
  code?: StrategyCode;
}>;

/** Values of all of a strategy's parameters by name. */
export type ParameterValues = Readonly<Record<string, number>>;

/** The defaults, with what is set in their place. The caller has checked names and ranges. */
export function parameterValues(strategy: Strategy, set: ParameterValues = {}): ParameterValues {
  return Object.fromEntries(strategy.parameters.map(({ name, default: value }) => [name, set[name] ?? value]));
}

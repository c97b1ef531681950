import type { BarField } from '../market/bars.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { Lineage, ParameterRole, SignalName } from './strategy.ts';

/** One closed bar, as `next` gets it: open time (epoch ms, UTC), prices in the quote currency, volume in the base one. */
export type StrategyBar = Readonly<{ timeMs: number } & Record<BarField, number>>;

/** The same as columns of equal length, oldest first, as `evaluate` gets them. They are copies, and not to be written. */
export type StrategyBars = Readonly<{ timeMs: Float64Array } & Record<BarField, Float64Array>>;

/** What a strategy may say at a bar. */
export type StrategyOutput = SignalName | 'forecast';

/** Signals that fire; what is left out does not. A forecast that is left out, or NaN, is missing. */
export type StrategyAnswer<Output extends StrategyOutput> = Readonly<
  Partial<Record<Extract<Output, SignalName>, boolean>> & Partial<Record<Extract<Output, 'forecast'>, number>>
>;

type NumberText = number | string;

/**
 * A strategy in TypeScript. All but `start`, `next` and `evaluate` is data, with the meaning it has in a strategy file
 * of YAML, and is written out in the file (numbers, texts, lists, maps; no variables): it is read without running
 * anything.
 */
export type StrategyDefinition<Parameter extends string, Output extends StrategyOutput, State> = Readonly<{
  /** STR- and 3 to 6 digits. */
  id: `STR-${number}`;
  name: string;
  /** Why this should earn money, so that a test can say no. */
  hypothesis?: string;
  lineage?: Lineage;
  /** CCXT symbols; the first is the primary asset. */
  universe: readonly string[];
  /** For markets that are younger than the others, or gone: the day they came, and the day they went. */
  listings?: Readonly<Record<string, Readonly<{ from?: string; to?: string }>>>;
  timeframe: Timeframe;
  parameters?: Readonly<
    Record<Parameter, Readonly<{ default: number; min: number; max: number; step?: number; role?: ParameterRole }>>
  >;
  /** Expressions over parameters. */
  constraints?: readonly string[];
  exits?: Readonly<Partial<Record<'stopLoss' | 'takeProfit' | 'trailingStop' | 'maxBars', NumberText>>>;
  sizing?: Readonly<Record<string, unknown>>;
  costs?: Readonly<{ feeBps?: number; slippageBps?: number }>;
  /** What `next` may say. */
  outputs: readonly Output[];
  /**
   * The state before the first bar: numbers, texts, true and false, null, and lists and maps of those, so that it can be
   * kept and gone on from. It is all that `next` may remember.
   */
  start: (parameters: Readonly<Record<Parameter, number>>) => State;
  /** What the strategy says at the close of a bar; it changes the state in place. It is never given a later bar. */
  next: (state: State, bar: StrategyBar, parameters: Readonly<Record<Parameter, number>>) => StrategyAnswer<Output>;
  /**
   * The same as `next` for all bars at once, where that is quicker: a column an output, as long as the bars. Sweeps and
   * backtests then use it; `strategies check --lookahead` proves that both say the same.
   */
  evaluate?: (
    bars: StrategyBars,
    parameters: Readonly<Record<Parameter, number>>,
  ) => Readonly<Record<Output, ArrayLike<number> | ArrayLike<boolean>>>;
}>;

/** The default export of a strategy file: `export default defineStrategy({ … })`. */
export const defineStrategy = <
  const Output extends StrategyOutput,
  State extends object,
  const Parameter extends string = never,
>(
  definition: StrategyDefinition<Parameter, Output, State>,
): StrategyDefinition<Parameter, Output, State> => definition;

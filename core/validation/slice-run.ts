import { runBacktest } from '../backtest/engine.ts';
import type { TradingPlan } from '../backtest/plan.ts';
import type { SweepOptions } from '../backtest/sweep/sweep.ts';
import type { BacktestResult, MarketInput } from '../backtest/types.ts';
import { sliceBars } from '../market/bars.ts';
import { windowOf } from '../market/time-range.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import { createSeriesCache } from '../strategy/series-cache.ts';
import { signalNames, type ParameterValues, type Strategy } from '../strategy/strategy.ts';

/** A stretch of history: bars that open in from..to, `to` excluded; epoch ms. */
export type Stretch = Readonly<{ fromMs: number; toMs: number }>;

export type SliceRequest = Stretch &
  Readonly<{
    parameters: ParameterValues;
    /** Fees and slippage times this; default 1. */
    costMultiple?: number;
  }>;

/** Bytes of shared series that one market keeps between slices. */
const keptBytes = 24 * 2 ** 20;

/**
 * Runs a strategy on stretches of a history: signals know all bars before the stretch (their windows are warm), the
 * book begins it flat and without memory, and ends it flat. Volatility that sizes a position is looked up inside the
 * stretch alone. Trades tell their bars by place in the whole history.
 */
export function createSliceRunner(
  compiled: CompiledStrategy,
  history: readonly MarketInput[],
  options: SweepOptions,
): (request: SliceRequest) => BacktestResult {
  const caches = history.map(({ bars }) => createSeriesCache(bars, { limitBytes: keptBytes }));
  return ({ fromMs, toMs, parameters, costMultiple = 1 }) => {
    const pieces = history.flatMap((market, place) => {
      const { from, to } = windowOf(market.bars.timeMs, { fromMs, toMs });
      return to > from ? [{ place, from, to, market: { ...market, bars: sliceBars(market.bars, from, to) } }] : [];
    });
    const costs = {
      feeBps: options.costs.feeBps * costMultiple,
      slippageBps: options.costs.slippageBps * costMultiple,
    };
    const source = {
      evaluate(bars: MarketInput['bars']): TradingPlan {
        const piece = pieces.find(({ market }) => market.bars === bars);
        if (piece === undefined) throw new Error('a slice of no market');
        const cache = caches[piece.place];
        const plan = compiled.evaluate(cache.bars, parameters, cache);
        cache.nextPoint();
        return slicePlan(plan, piece.from, piece.to);
      },
    };
    const result = runBacktest(
      source,
      pieces.map(({ market }) => market),
      { ...options, costs, parameters },
    );
    const offsets = new Map(pieces.map(({ market, from }) => [market.bars.symbol, from]));
    const trades = result.trades.map((trade) => {
      const offset = offsets.get(trade.symbol) ?? 0;
      return { ...trade, entryBar: trade.entryBar + offset, exitBar: trade.exitBar + offset };
    });
    return { ...result, trades };
  };
}

function slicePlan(plan: TradingPlan, from: number, to: number): TradingPlan {
  const signals = Object.fromEntries(
    signalNames.flatMap((name) => {
      const column = plan[name];
      return column === undefined ? [] : [[name, column.subarray(from, to)]];
    }),
  );
  const { exits, sizing, forecast } = plan;
  return { ...signals, exits, sizing, ...(forecast && { forecast: forecast.subarray(from, to) }) };
}

/** A point of a sweep by the names of its parameters. */
export const namedPoint = ({ parameters }: Pick<Strategy, 'parameters'>, point: Float64Array): ParameterValues =>
  Object.fromEntries(parameters.map(({ name }, index) => [name, point[index]]));

import { runBacktest } from '../../backtest/engine.ts';
import type { Trade } from '../../backtest/types.ts';
import type { Bars } from '../../market/bars.ts';
import { dayMs } from '../../market/timeframe.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import type { LeakFinding, LeakSubject, MarketSpan } from './leak-check.ts';

/** Relative; prices are products. */
const tolerance = 1e-9;

/** Every fill is at a price that the bar had: entries at its open, exits between its low and high, slippage aside. */
export function checkFills({ compiled, parameters, bars }: LeakSubject): LeakFinding | undefined {
  const { costs } = compiled.strategy;
  const options = {
    fill: 'nextOpen',
    startEquity: 10_000,
    closeAtEnd: true,
    returns: 'bar',
    costs,
    parameters,
  } as const;
  const { trades } = runBacktest(compiled, [{ bars }], options);
  const slippage = costs.slippageBps / 10_000 + tolerance;
  for (const trade of trades) {
    const wrong = wrongEntry(trade, bars, slippage) ?? wrongExit(trade, bars, slippage);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongEntry({ entryBar, entryPrice }: Trade, { open }: Bars, slippage: number): LeakFinding | undefined {
  if (Math.abs(entryPrice / open[entryBar] - 1) <= slippage) return undefined;
  const message = `enters at bar ${entryBar} at a price that is not its open`;
  return { message, expected: String(open[entryBar]), found: String(entryPrice) };
}

function wrongExit({ exitBar, exitPrice }: Trade, { low, high }: Bars, slippage: number): LeakFinding | undefined {
  if (exitPrice >= low[exitBar] * (1 - slippage) && exitPrice <= high[exitBar] * (1 + slippage)) return undefined;
  const message = `leaves at bar ${exitBar} at a price that it did not have`;
  return { message, expected: `${low[exitBar]}..${high[exitBar]}`, found: String(exitPrice) };
}

/** A side, in basis points: less than this is no cost of any venue for a taker. */
const leastCostBps = 1;

/** What is known of any strategy without running it. */
type Declared = Readonly<{ compiled: Readonly<{ strategy: Strategy }>; spans: readonly MarketSpan[] }>;

export function checkCosts({ compiled }: Pick<Declared, 'compiled'>): LeakFinding | undefined {
  const { feeBps, slippageBps } = compiled.strategy.costs;
  if (feeBps + slippageBps >= leastCostBps) return undefined;
  return {
    message: 'trades for nothing',
    column: 'costs',
    expected: `${leastCostBps} bps a side or more; 10 is what a file has that does not say`,
    found: `${feeBps} bps fee and ${slippageBps} bps slippage`,
  };
}

/** Markets may begin and end this much apart. */
const slackMs = 7 * dayMs;

/**
 * Markets that came after the first one, or went before the last one: who put them into the universe knew that they
 * would come, or stay. A strategy in TypeScript says so under `listings`; one in YAML has no place for it.
 */
export function checkSurvivorship({ compiled, spans }: Declared): LeakFinding | undefined {
  const { code } = compiled.strategy;
  const listings = code?.listings ?? {};
  const firstMs = Math.min(...spans.map(({ fromMs }) => fromMs));
  const lastMs = Math.max(...spans.map(({ toMs }) => toMs));
  for (const { symbol, fromMs, toMs } of spans) {
    const { from, to } = listings[symbol] ?? {};
    const came = apart({ symbol, fromMs, toMs }, { bound: firstMs, actual: fromMs, declared: from, key: 'from' });
    const went = apart({ symbol, fromMs, toMs }, { bound: lastMs, actual: toMs, declared: to, key: 'to' });
    const finding = came ?? went;
    if (finding !== undefined) return code === undefined ? { ...finding, expected: withCare } : finding;
  }
  return undefined;
}

const withCare = 'results of a universe that was chosen later to be read with that in mind';

type Bound = Readonly<{ bound: number; actual: number; declared: string | undefined; key: 'from' | 'to' }>;

function apart({ symbol }: MarketSpan, { bound, actual, declared, key }: Bound): LeakFinding | undefined {
  const isDeclared = declared !== undefined && Math.abs(Date.parse(declared) - actual) <= slackMs;
  if (isDeclared || (declared === undefined && Math.abs(actual - bound) <= slackMs)) return undefined;
  const day = new Date(actual).toISOString().slice(0, 10);
  const days = Math.round(Math.abs(actual - bound) / dayMs);
  const what =
    key === 'from'
      ? `begins ${day}, ${days} days after the first market`
      : `ends ${day}, ${days} days before the last one`;
  return {
    message: `${symbol} ${what}: who chose it knew`,
    column: 'universe',
    expected: `listings: { '${symbol}': { ${key}: '${day}' } }`,
    found: declared ?? 'nothing',
  };
}

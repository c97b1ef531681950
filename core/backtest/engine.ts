import type { Bars } from '../market/bars.ts';
import type { ParameterValues } from '../strategy/strategy.ts';
import { DeskError } from '../errors.ts';
import type { Book } from './book.ts';
import { informationCoefficient } from './information-coefficient.ts';
import { computeMetrics } from './metrics/index.ts';
import { plausibilityWarnings } from './plausibility.ts';
import type { TradingPlan } from './plan.ts';
import { mergeTrades, portfolioEquity } from './portfolio.ts';
import { runBook } from './run-book.ts';
import { summarizeRun } from './run-summary.ts';
import type { BacktestOptions, BacktestResult, MarketInput, RunCounts } from './types.ts';

/** What the engine needs of a compiled strategy. */
export type PlanSource = Readonly<{ evaluate(bars: Bars, parameters: ParameterValues): TradingPlan }>;

/**
 * Runs a strategy on its markets: one independent book each, with an equal share of the capital, in the order of the
 * universe. Deterministic: same bars, parameters and options give the same bits.
 */
export function runBacktest(
  strategy: PlanSource,
  markets: readonly MarketInput[],
  options: BacktestOptions,
): BacktestResult {
  requireBars(markets);
  const { fill, startEquity, closeAtEnd, costs, parameters } = options;
  const startEach = startEquity / markets.length;
  const plans = markets.map(({ bars }) => strategy.evaluate(bars, parameters));
  const books = markets.map(({ bars, funding }, place) =>
    runBook({ bars, funding, plan: plans[place], cash: startEach, costs, fill, closeAtEnd }),
  );
  const equity = portfolioEquity(books, startEach);
  const trades = mergeTrades(books);
  const summary = summarizeRun({ books, equity, trades, startEquity, returns: options.returns });
  const { metrics, unavailable } = computeMetrics(summary);
  const forecast = plans[0].forecast && informationCoefficient(plans[0].forecast, markets[0].bars.open);
  return {
    startEquity,
    finalEquity: summary.finalEquity,
    counts: countRun(books),
    metrics,
    unavailable,
    trades,
    equity,
    decided: books.map(({ decided }) => decided),
    ...(forecast && { forecast }),
    warnings: [...plausibilityWarnings(metrics), ...fundingWarnings(books)],
  };
}

function requireBars(markets: readonly MarketInput[]): void {
  if (markets.length === 0) throw new DeskError('DataUnavailable', 'no market to run on');
  const empty = markets.find(({ bars }) => bars.timeMs.length === 0);
  if (empty !== undefined) throw new DeskError('DataUnavailable', `no bars of ${empty.bars.symbol} in this window`);
}

function countRun(books: readonly Book[]): RunCounts {
  const total = (count: (book: Book) => number) => books.reduce((sum, book) => sum + count(book), 0);
  return {
    entries: total(({ entries }) => entries),
    conflicts: total(({ conflicts }) => conflicts),
    entryExitClashes: total(({ entryExitClashes }) => entryExitClashes),
    noSize: total(({ noSize }) => noSize),
    bankrupt: total(({ bankrupt }) => Number(bankrupt)),
    openAtEnd: total(({ direction }) => Number(direction !== 0)),
  };
}

function fundingWarnings(books: readonly Book[]): string[] {
  return books
    .filter(({ fundingMissed }) => fundingMissed > 0)
    .map(
      ({ bars, fundingMissed }) =>
        `${bars.symbol}: ${fundingMissed} funding payments fell in gaps of the bars and were not charged`,
    );
}

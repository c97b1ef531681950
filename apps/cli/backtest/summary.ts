import pc from 'picocolors';
import { metricDefinitions } from '../../../core/backtest/metrics/index.ts';
import type { MetricUnit } from '../../../core/backtest/metrics/metric.ts';
import type { BacktestResult, MetricName, Trade } from '../../../core/backtest/types.ts';
import { count, grouped, percent, price, sparkline, utcTime } from '../format.ts';
import { shownHoldoutText } from '../holdout.ts';
import { print } from '../output.ts';
import { type Column, renderTable } from '../table.ts';
import type { BacktestRun } from './run.ts';

const mostTrades = 50;
const equityRows = 20;

/** A backtest for people: what ran, what came out, what to mistrust. */
export function printBacktest(run: BacktestRun, shown: Readonly<{ trades?: true; equity?: true }>): void {
  const { result, loaded } = run;
  printHead(run);
  print();
  print(metricTable(result));
  printMissing(result);
  print();
  printCounts(result);
  if (loaded.gaps.gaps > 0)
    print(`data        ${count(loaded.gaps.missingBars)} bars missing in ${count(loaded.gaps.gaps)} gaps`);
  if (shown.equity) print(`\n${equityTable(result)}`);
  if (shown.trades) print(`\n${tradeTable(result.trades)}`);
  for (const warning of [...loaded.warnings, ...result.warnings]) print(`${pc.yellow('warning')}     ${warning}`);
}

function printHead({ strategy, strategyHash, loaded, options, result }: BacktestRun): void {
  const { timeMs, equity } = result.equity;
  const { fill, costs, parameters } = options;
  const markets = strategy.universe.length > 4 ? `${strategy.universe.length} markets` : strategy.universe.join(', ');
  const set = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  const fills = fill === 'nextOpen' ? 'at the next open' : 'at the close';
  print(`${pc.bold(strategy.id)}     ${pc.bold(strategy.name)}`);
  print(`bars        ${count(timeMs.length)} x ${strategy.timeframe} of ${markets}`);
  print(`time        ${utcTime(timeMs[0])} to ${utcTime(timeMs[timeMs.length - 1])} UTC`);
  print(`holdout     ${shownHoldoutText(loaded)}`);
  if (set.length > 0) print(`parameters  ${set.join(', ')}`);
  print(`fills       ${fills}; inside a bar a stop comes before a target`);
  print(`costs       ${costs.feeBps} bps fee and ${costs.slippageBps} bps slippage a side`);
  print(`hashes      ${pc.dim(`strategy ${strategyHash.slice(0, 12)}, data ${loaded.dataHash.slice(0, 12)}`)}`);
  print(`equity      ${grouped(result.startEquity)} to ${pc.bold(grouped(result.finalEquity))}  ${sparkline(equity)}`);
}

/** Three metrics a row, down the columns in the order of the specification. */
function metricTable({ metrics }: BacktestResult): string {
  const cells = metricDefinitions.map(({ name, title, unit }) => [title, metricText(metrics[name], unit)]);
  const rows = Math.ceil(cells.length / 3);
  const columns: Column[] = ['Return and risk', 'Shape and trades', 'Trades and costs'].flatMap((title) => [
    { title },
    { title: '', align: 'right' },
  ]);
  return renderTable(
    columns,
    Array.from({ length: rows }, (_, row) => [0, 1, 2].flatMap((column) => cells[column * rows + row] ?? ['', ''])),
  );
}

/** A metric by its unit; missing is n/a. */
function metricText(value: number | undefined, unit: MetricUnit): string {
  if (value === undefined) return 'n/a';
  const texts: Record<MetricUnit, () => string> = {
    fraction: () => percent(value),
    ratio: () => grouped(value),
    count: () => count(value),
    money: () => grouped(value),
    days: () => `${grouped(value, 1)} days`,
    bps: () => `${grouped(value, 1)} bps`,
  };
  return texts[unit]();
}

/** Why metrics are n/a, one line a reason. */
function printMissing({ unavailable }: BacktestResult): void {
  const titles = new Map<string, MetricName>(metricDefinitions.map(({ name, title }) => [title, name]));
  const byReason = Map.groupBy(
    [...titles].filter(([, name]) => unavailable[name] !== undefined),
    ([, name]) => unavailable[name],
  );
  for (const [reason, metrics] of byReason)
    print(pc.dim(`n/a: ${metrics.map(([title]) => title).join(', ')}: ${reason}`));
}

function printCounts({ counts, forecast }: BacktestResult): void {
  const notes: [number, string][] = [
    [counts.conflicts, 'conflicts of two enters'],
    [counts.entryExitClashes, 'enters together with their own exit'],
    [counts.noSize, 'enters without a size'],
    [counts.bankrupt, 'books bankrupt'],
    [counts.openAtEnd, 'positions left open'],
  ];
  const said = notes.filter(([number]) => number > 0).map(([number, text]) => `${count(number)} ${text}`);
  print(`entries     ${[count(counts.entries), ...said].join(', ')}`);
  if (forecast)
    print(`forecast    information coefficient ${forecast.ic.toFixed(4)} over ${count(forecast.pairs)} pairs`);
}

function equityTable({ equity: { timeMs, equity } }: BacktestResult): string {
  const rows = Math.min(equityRows, equity.length);
  const bars = Array.from({ length: rows }, (_, row) =>
    Math.round((row * (equity.length - 1)) / Math.max(1, rows - 1)),
  );
  return renderTable(
    [{ title: 'Bar', align: 'right' }, { title: 'Time (UTC)' }, { title: 'Equity', align: 'right' }],
    bars.map((bar) => [count(bar), utcTime(timeMs[bar]), grouped(equity[bar])]),
  );
}

function tradeTable(trades: readonly Trade[]): string {
  const table = renderTable(
    [
      { title: 'Symbol' },
      { title: 'Side' },
      { title: 'Entry (UTC)' },
      { title: 'Price', align: 'right' },
      { title: 'Exit (UTC)' },
      { title: 'Price', align: 'right' },
      { title: 'Bars', align: 'right' },
      { title: 'Return', align: 'right' },
      { title: 'P&L', align: 'right' },
      { title: 'Reason' },
    ],
    trades
      .slice(0, mostTrades)
      .map((trade) => [
        trade.symbol,
        trade.side,
        utcTime(trade.entryTimeMs),
        price(trade.entryPrice),
        utcTime(trade.exitTimeMs),
        price(trade.exitPrice),
        count(trade.bars),
        percent(trade.returnFraction),
        grouped(trade.pnl),
        trade.exitReason,
      ]),
  );
  const rest = trades.length - mostTrades;
  return rest > 0 ? `${table}\n${pc.dim(`${count(rest)} more: --json, or --out trades.csv`)}` : table;
}

import pc from 'picocolors';
import type { SweepColumns } from '../../../core/backtest/sweep/sweep.ts';
import { count, grouped, percent } from '../format.ts';
import { shownHoldoutText } from '../holdout.ts';
import { print } from '../output.ts';
import { duration } from '../progress.ts';
import { renderTable } from '../table.ts';
import type { SweepRun } from './run.ts';

const shownPoints = 10;
const none = '–';

/** Prints a sweep for people: how much was done, and the best points by Sharpe. */
export function printSweep({ strategy, loaded, points, results, seconds }: SweepRun): void {
  const bars = loaded.markets.reduce((total, market) => total + market.bars.timeMs.length, 0);
  const skipped = points.skippedByConstraints === 0 ? '' : `, ${count(points.skippedByConstraints)} break a constraint`;
  print(`${pc.bold(strategy.id)} ${strategy.name}`);
  print(
    `${count(points.count)} points${skipped} x ${count(bars)} bars in ${duration(seconds.sweep * 1_000)} ` +
      `(after ${duration(seconds.startup * 1_000)} to start)`,
  );
  print(`holdout ${shownHoldoutText(loaded)}`);
  if (points.count === 0) return;
  print();
  print(
    renderTable(
      [...points.columns.map(({ name }) => ({ title: name, align: 'right' as const })), ...resultColumns],
      bestRows(results).map((row) => [
        ...points.columns.map(({ values }) => String(values[row])),
        ...cellsOf(results, row),
      ]),
    ),
  );
  const more = points.count > shownPoints ? `best ${shownPoints} of ${count(points.count)} by Sharpe; ` : '';
  print(pc.dim(`${more}every point is a trial: the best of many is lucky, too`));
}

const resultColumns = ['return', 'Sharpe', 'max drawdown', 'trades', 'profit factor', 'final equity'].map((title) => ({
  title,
  align: 'right' as const,
}));

const numberOrNone = (value: number): string => (Number.isNaN(value) ? none : grouped(value));

function cellsOf(results: SweepColumns, row: number): string[] {
  const { totalReturn, sharpe, maxDrawdown, trades, profitFactor, finalEquity } = results;
  return [
    percent(totalReturn[row]),
    numberOrNone(sharpe[row]),
    percent(maxDrawdown[row]),
    count(trades[row]),
    numberOrNone(profitFactor[row]),
    grouped(finalEquity[row]),
  ];
}

/** By Sharpe, points without one last, then by return. */
function bestRows({ sharpe, totalReturn }: SweepColumns): number[] {
  const rank = (row: number): number => (Number.isNaN(sharpe[row]) ? -Infinity : sharpe[row]);
  const best: number[] = [];
  const isBetter = (a: number, b: number): boolean =>
    rank(a) > rank(b) || (rank(a) === rank(b) && totalReturn[a] > totalReturn[b]);
  for (let row = 0; row < sharpe.length; row += 1) {
    const place = best.findIndex((other) => isBetter(row, other));
    if (place >= 0) best.splice(place, 0, row);
    else if (best.length < shownPoints) best.push(row);
    if (best.length > shownPoints) best.pop();
  }
  return best;
}

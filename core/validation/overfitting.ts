import { spread } from '../math/moments.ts';
import type { PointTable } from './point-table.ts';
import { pbo } from './statistics/pbo.ts';

/** More points than this are thinned out evenly: neighbours on a grid rank alike. */
const mostColumns = 1_000;

/**
 * Probability that choosing the best point in sample is overfitting (pbo.ts), over the daily returns of a sweep. Points
 * that stand still in half of the blocks or more have no Sharpe in some half and are left out. Of a strategy without a
 * choice it is 0: nothing was chosen. Otherwise undefined when fewer than two points are left.
 */
export function overfittingOf(table: PointTable, blocks: number): Readonly<{ pbo?: number; points: number }> {
  if (table.count === 1) return { pbo: 0, points: 1 };
  const step = Math.max(1, Math.ceil(table.count / mostColumns));
  const columns: Float64Array[] = [];
  for (let point = 0; point < table.count; point += step) {
    const returns = table.returns(point);
    if (stillBlocks(returns, blocks) < blocks / 2) columns.push(returns);
  }
  if (columns.length < 2 || table.days < 2 * blocks) return { points: columns.length };
  const matrix = Array.from({ length: table.days }, (_, day) => columns.map((column) => column[day]));
  return { pbo: pbo({ matrix, blocks }).pbo, points: columns.length };
}

/** Blocks without spread, cut as pbo.ts cuts them: sizes differ by at most one row, the longer ones first. */
function stillBlocks(returns: Float64Array, blocks: number): number {
  const base = Math.floor(returns.length / blocks);
  const longer = returns.length % blocks;
  let from = 0;
  let still = 0;
  for (let block = 0; block < blocks; block += 1) {
    const to = from + base + (block < longer ? 1 : 0);
    // Less than this is the rounding of marks.
    if (!(spread(returns.subarray(from, to)) > 1e-13)) still += 1;
    from = to;
  }
  return still;
}

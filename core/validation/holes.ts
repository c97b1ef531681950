import type { MarketInput } from '../backtest/types.ts';
import { DeskError } from '../errors.ts';
import { countGaps, maxMissingShare, missingShare } from '../market/gaps.ts';

/** Refuses markets that miss more than 1 % of the bars of a window. */
export function refuseHoles(markets: readonly MarketInput[]): void {
  for (const { bars } of markets) {
    const gaps = countGaps(bars.timeMs, bars.timeframe);
    const share = missingShare(gaps, bars.timeMs.length);
    if (share <= maxMissingShare) continue;
    throw new DeskError('BadInput', `${bars.symbol} ${bars.timeframe} has holes`, {
      path: 'bars',
      expected: `at most ${maxMissingShare * 100} % of the window's bars missing, or --allow-gaps`,
      found: `${gaps.missingBars} missing in ${gaps.gaps} gaps (${(share * 100).toFixed(2)} %)`,
    });
  }
}

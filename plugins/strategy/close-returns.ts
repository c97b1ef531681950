import { DeskError } from '../../core/errors.ts';
import type { Bars } from '../../core/market/bars.ts';

/** Returns of the closes: `returns[bar - 1]` is that of the bar, so the first `bar` of them are known at its close. */
export const closeReturns = ({ close }: Bars): number[] =>
  Array.from({ length: Math.max(0, close.length - 1) }, (_, i) => close[i + 1] / close[i] - 1);

/** The size, or NaN where the plugin has none for what there is so far: too few returns, no variation, no tail. */
export function sizeOrNone(size: () => number): number {
  try {
    return size();
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'BadInput') return NaN;
    throw thrown;
  }
}

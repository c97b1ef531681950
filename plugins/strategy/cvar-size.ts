import { shortfallOfSorted } from '../../core/math/expected-shortfall.ts';
import type { Bars } from '../../core/market/bars.ts';
import type { SizeAt, SizingPlugin } from '../../core/strategy/strategy-plugins.ts';
import { refuse } from '../refuse.ts';
import { cvarSize, fewestReturns, hasTail, sizeAlone } from '../risk/cvar-size.ts';
import { withParams } from './checked-params.ts';
import { closeReturns, sizeOrNone } from './close-returns.ts';

type Params = Parameters<typeof cvarSize.compute>[1];
type Direction = Parameters<SizeAt>[1];

/** risk_cvar_size of the position alone, by the losses of its own side. */
export const cvarSizing: SizingPlugin = {
  id: cvarSize.id,
  bind: (given) =>
    withParams(cvarSize, given, (params) => {
      const { portfolioCvarBudget, ...settings } = params;
      if (portfolioCvarBudget !== undefined)
        refuse('params.portfolioCvarBudget', 'a strategy has no portfolio to look at', 'left out', portfolioCvarBudget);
      const create = params.method === 'historical' ? historicalSizes : askedSizes;
      return { params: settings, gives: 'size', create: (bars) => create(bars, params) };
    }),
};

/** Asks the plugin at each bar: O(n) a bar. */
function askedSizes(bars: Bars, params: Params): SizeAt {
  let all: number[] | undefined;
  return (bar, direction) => {
    if (bar < fewestReturns) return NaN;
    all ??= closeReturns(bars);
    const input = { returns: all.slice(0, bar), side: direction === 1 ? 'long' : 'short' } as const;
    return sizeOrNone(() => direction * cvarSize.compute(input, params).size);
  };
}

/** What the plugin gives by method historical, for all bars in one pass: the losses so far are kept in order. */
function historicalSizes(bars: Bars, params: Params): SizeAt {
  const known = new Map<Direction, Float64Array>();
  return (bar, direction) => {
    const sizes = known.get(direction) ?? sizesOf(closeReturns(bars), direction, params);
    known.set(direction, sizes);
    return sizes[bar];
  };
}

function sizesOf(returns: readonly number[], direction: Direction, params: Params): Float64Array {
  const { confidence, horizon } = params;
  const scale = -direction * Math.sqrt(horizon);
  const losses = new Float64Array(returns.length);
  const sizes = new Float64Array(returns.length + 1).fill(NaN);
  for (const [count, value] of returns.entries()) {
    insert(losses, count, value * scale);
    const bar = count + 1;
    if (bar < fewestReturns || !hasTail(bar, confidence)) continue;
    const { expectedShortfall } = shortfallOfSorted(losses.subarray(0, bar), confidence);
    sizes[bar] = sizeAlone(expectedShortfall, params).size;
  }
  return sizes;
}

/** Puts a value into its place among the first `count`, which rise. */
function insert(values: Float64Array, count: number, value: number): void {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  values.copyWithin(low + 1, low, count);
  values[low] = value;
}

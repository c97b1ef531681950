import { constant, finiteOrMissing } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction } from './series-function.ts';

/** Places in the `cells`. */
const BARS = 0;
const IS_LONG = 1;
const STOP = 2;
const EXTREME = 3;
const ACCELERATION = 4;
const HIGH_BEFORE = 5;
const LOW_BEFORE = 6;

/**
 * Wilder's stop and reverse as TA-Lib runs it. A short position is a long one in the mirror: prices and stop are negated,
 * highs and lows change places.
 */
function stopAndReverse(step: number, most: number, saved?: SavedState) {
  const memory = remember({ cells: 7 }, saved);
  const { cells } = memory;
  const first = Math.min(step, most);

  /** The direction of the first two bars: short when the low fell further than the high rose. */
  function begin(high: number, low: number): void {
    const down = cells[LOW_BEFORE] - low;
    const isShort = down > 0 && down > high - cells[HIGH_BEFORE];
    cells[IS_LONG] = isShort ? 0 : 1;
    cells[EXTREME] = isShort ? low : high;
    cells[STOP] = isShort ? cells[HIGH_BEFORE] : cells[LOW_BEFORE];
    cells[ACCELERATION] = first;
    // TA-Lib lets the first bar stand for the one before it, too.
    cells[HIGH_BEFORE] = high;
    cells[LOW_BEFORE] = low;
  }

  /** The stop at this bar; not to be called with missing values. Missing at the first bar. */
  function push(high: number, low: number): number {
    let stop = NaN;
    if (cells[BARS] === 1) begin(high, low);
    if (cells[BARS] > 0) stop = cells[IS_LONG] === 1 ? follow(1, high, low) : follow(-1, -low, -high);
    cells[BARS] = Math.min(2, cells[BARS] + 1);
    cells[HIGH_BEFORE] = high;
    cells[LOW_BEFORE] = low;
    return stop;
  }

  /** One bar of a long position (sign 1) or of the mirror of a short one (sign -1). */
  function follow(sign: 1 | -1, top: number, bottom: number): number {
    const topBefore = sign === 1 ? cells[HIGH_BEFORE] : -cells[LOW_BEFORE];
    const bottomBefore = sign === 1 ? cells[LOW_BEFORE] : -cells[HIGH_BEFORE];
    const stop = sign * cells[STOP];
    const extreme = sign * cells[EXTREME];
    if (bottom <= stop) {
      const reversed = Math.max(extreme, topBefore, top);
      cells[IS_LONG] = 1 - cells[IS_LONG];
      cells[ACCELERATION] = first;
      cells[EXTREME] = sign * bottom;
      cells[STOP] = sign * Math.max(reversed + first * (bottom - reversed), topBefore, top);
      return sign * reversed;
    }
    const reached = Math.max(extreme, top);
    if (top > extreme) cells[ACCELERATION] = Math.min(cells[ACCELERATION] + first, most);
    cells[EXTREME] = sign * reached;
    cells[STOP] = sign * Math.min(stop + cells[ACCELERATION] * (reached - stop), bottomBefore, bottom);
    return sign * stop;
  }

  return { push, save: () => saveMemory(memory) };
}

export const sar: SeriesFunction = {
  name: 'sar',
  summary: 'Parabolic stop and reverse: acceleration grows by step at each new extreme, up to max (TA-Lib SAR).',
  args: [constant('step'), constant('max')],
  columns: ['high', 'low'],
  outputs: ['value'],
  create([step, max], saved) {
    const stops = stopAndReverse(step, max, saved);
    return {
      advance([high, low], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const isMissing = high[i] !== high[i] || low[i] !== low[i];
          out[i] = isMissing ? NaN : finiteOrMissing(stops.push(high[i], low[i]));
        }
      },
      save: stops.save,
    };
  },
};

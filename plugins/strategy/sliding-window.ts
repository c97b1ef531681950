import { remember, saveMemory } from '../../core/strategy/functions/saved-numbers.ts';
import type { SavedState } from '../../core/strategy/functions/series-function.ts';

/** The last values of a series, of which none may be missing. */
export type SlidingWindow = Readonly<{
  /** Takes one more value; gives the last `width`, oldest first, or undefined while there are not that many in a row. */
  push: (value: number) => Float64Array | undefined;
  save: () => SavedState;
}>;

export function slidingWindow(width: number, saved?: SavedState): SlidingWindow {
  const { kept, count } = remember({ kept: width, count: 1 }, saved);
  // Twice the width: the values move to the front once a window, not once a value.
  const values = new Float64Array(2 * width);
  let [end] = count;
  values.set(kept.subarray(0, end));
  return {
    push(value) {
      if (value !== value) {
        end = 0;
        return undefined;
      }
      if (end === values.length) {
        values.copyWithin(0, width + 1);
        end = width - 1;
      }
      values[end] = value;
      end += 1;
      return end < width ? undefined : values.subarray(end - width, end);
    },
    save() {
      const size = Math.min(end, width);
      kept.fill(0);
      kept.set(values.subarray(end - size, end));
      return saveMemory({ kept, count: Float64Array.of(size) });
    },
  };
}

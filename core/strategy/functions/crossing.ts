import { series } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction, SeriesRun } from './series-function.ts';

const A_BEFORE = 0;
const B_BEFORE = 1;

/** Kleene's `now and before`: false where one is false, else missing where one is missing. */
function both(now: number, before: number): number {
  if (now === 0 || before === 0) return 0;
  return now === 1 && before === 1 ? 1 : NaN;
}

/** Whether p > q (p >= q when `orEqual`): 1 or 0, missing where one of them is. */
function above(p: number, q: number, orEqual: boolean): number {
  if (p !== p || q !== q) return NaN;
  return p > q || (orEqual && p === q) ? 1 : 0;
}

/** a > b now and a <= b one bar before; crossing under is b crossing over. */
function crossing(direction: 'over' | 'under', saved?: SavedState): SeriesRun {
  const memory = remember({ cells: 2 }, saved);
  const { cells } = memory;
  if (saved === undefined) cells.fill(NaN);
  const [first, second] = direction === 'over' ? [0, 1] : [1, 0];
  return {
    advance(inputs, [out], from, to) {
      const a = inputs[first];
      const b = inputs[second];
      let aBefore = cells[A_BEFORE];
      let bBefore = cells[B_BEFORE];
      for (let i = from; i < to; i += 1) {
        const aNow = a[i];
        const bNow = b[i];
        out[i] = both(above(aNow, bNow, false), above(bBefore, aBefore, true));
        aBefore = aNow;
        bBefore = bNow;
      }
      cells[A_BEFORE] = aBefore;
      cells[B_BEFORE] = bBefore;
    },
    save: () => saveMemory(memory),
  };
}

export const crossover: SeriesFunction = {
  name: 'crossover',
  summary: '1 where a is above b and was not above it one bar before.',
  args: [series('a'), series('b')],
  columns: [],
  outputs: ['value'],
  create: (_, saved) => crossing('over', saved),
};

export const crossunder: SeriesFunction = {
  name: 'crossunder',
  summary: '1 where a is below b and was not below it one bar before.',
  args: [series('a'), series('b')],
  columns: [],
  outputs: ['value'],
  create: (_, saved) => crossing('under', saved),
};

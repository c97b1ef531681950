import { series, window } from './arguments.ts';
import type { SavedState, SeriesFunction, SeriesRun } from './series-function.ts';
import { rollingExtreme } from './windows/rolling-extreme.ts';

function extremeRun(which: 'highest' | 'lowest', w: number, saved?: SavedState): SeriesRun {
  const extreme = rollingExtreme({ window: w, which }, saved);
  return { advance: ([x], [out], from, to) => extreme.advance(x, out, from, to), save: extreme.save };
}

export const highest: SeriesFunction = {
  name: 'highest',
  summary: 'The largest of the last w values (TA-Lib MAX).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create: ([w], saved) => extremeRun('highest', w, saved),
};

export const lowest: SeriesFunction = {
  name: 'lowest',
  summary: 'The smallest of the last w values (TA-Lib MIN).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create: ([w], saved) => extremeRun('lowest', w, saved),
};

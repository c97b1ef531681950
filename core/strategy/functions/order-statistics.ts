import { constant, finiteOrMissing, series, window } from './arguments.ts';
import type { SeriesFunction } from './series-function.ts';
import { sortedWindow } from './windows/sorted-window.ts';

export const median: SeriesFunction = {
  name: 'median',
  summary: 'The middle of the last w values in order; for an even w the mean of the middle two.',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const sorted = sortedWindow(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const isMissing = Number.isNaN(sorted.push(x[i]));
          out[i] = isMissing ? NaN : finiteOrMissing(sorted.quantile(0.5));
        }
      },
      save: sorted.save,
    };
  },
};

export const quantile: SeriesFunction = {
  name: 'quantile',
  summary: 'The quantile q of the last w values, linear between neighbours (R-7, as numpy and Excel).',
  args: [series('x'), window('w'), constant('q', { min: 0, max: 1 })],
  columns: [],
  outputs: ['value'],
  create([w, q], saved) {
    const sorted = sortedWindow(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const isMissing = Number.isNaN(sorted.push(x[i]));
          out[i] = isMissing ? NaN : finiteOrMissing(sorted.quantile(q));
        }
      },
      save: sorted.save,
    };
  },
};

export const percentRank: SeriesFunction = {
  name: 'percentRank',
  summary: 'The share of the last w values, now among them, that are at most the value now.',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const sorted = sortedWindow(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) out[i] = sorted.push(x[i]) / w;
      },
      save: sorted.save,
    };
  },
};

import { finiteOrMissing, series, window } from './arguments.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingCoMoments } from './windows/rolling-co-moments.ts';

export const correlation: SeriesFunction = {
  name: 'correlation',
  summary: "Pearson's correlation of the last w pairs (TA-Lib CORREL); missing where x or y is constant.",
  args: [series('x'), series('y'), window('w', 2)],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const moments = rollingCoMoments(w, saved);
    return {
      advance([x, y], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          out[i] = moments.push(x[i], y[i])
            ? clampToUnit(moments.products() / (Math.sqrt(moments.squaresX()) * Math.sqrt(moments.squaresY())))
            : NaN;
        }
      },
      save: moments.save,
    };
  },
};

/** Rounding may carry a perfect correlation past 1 by the last bits; more than that never was one. */
function clampToUnit(value: number): number {
  if (value > 1) return value === Infinity ? NaN : 1;
  if (value < -1) return value === -Infinity ? NaN : -1;
  return value;
}

export const beta: SeriesFunction = {
  name: 'beta',
  summary: 'The covariance of x and y over the variance of y, of the last w pairs; missing where y is constant.',
  args: [series('x'), series('y'), window('w', 2)],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const moments = rollingCoMoments(w, saved);
    return {
      advance([x, y], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          out[i] = moments.push(x[i], y[i]) ? finiteOrMissing(moments.products() / moments.squaresY()) : NaN;
        }
      },
      save: moments.save,
    };
  },
};

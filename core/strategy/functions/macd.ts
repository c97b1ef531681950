import { finiteOrMissing, series, window } from './arguments.ts';
import { remember, savedPart, saveMemory } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { exponentialMean } from './windows/recursive-mean.ts';

export const macd: SeriesFunction = {
  name: 'macd',
  summary:
    'Moving average convergence divergence: fast less slow exponential mean, its exponential mean as signal, and their difference. The fast mean is seeded by the `fast` values that end where the slow one is seeded (TA-Lib MACD).',
  args: [series('x'), window('fast', 2), window('slow', 2), window('signal', 2)],
  columns: [],
  outputs: ['line', 'signal', 'histogram'],
  check: ([fast, slow]) => (fast < slow ? undefined : `fast must be < slow, was fast ${fast} and slow ${slow}`),
  create([fast, slow, signal], saved) {
    const fastMean = exponentialMean(fast, savedPart(saved, 'fast'));
    const slowMean = exponentialMean(slow, savedPart(saved, 'slow'));
    const signalMean = exponentialMean(signal, savedPart(saved, 'signal'));
    const memory = remember({ cells: 1 }, savedPart(saved, 'values'));
    const { cells } = memory;
    return {
      advance([x], [lines, signals, histograms], from, to) {
        for (let i = from; i < to; i += 1) {
          const value = x[i];
          let line = NaN;
          if (value === value) {
            if (cells[0] < slow - fast) cells[0] += 1;
            else line = fastMean.push(value);
            line -= slowMean.push(value);
          }
          const mean = signalMean.push(line);
          lines[i] = mean === mean ? finiteOrMissing(line) : NaN;
          signals[i] = finiteOrMissing(mean);
          histograms[i] = finiteOrMissing(line - mean);
        }
      },
      save: () => ({
        fast: fastMean.save(),
        slow: slowMean.save(),
        signal: signalMean.save(),
        values: saveMemory(memory),
      }),
    };
  },
};

import { quantileSorted } from '../../math/quantile.ts';
import { requireNumber } from './require.ts';
import { forEachReplicate, type SpaInput, spaProblem } from './spa.ts';

/**
 * Which models beat the benchmark, with the chance of even one false discovery held to `size`: reality check repeated
 * on those not yet found, until none is added. Romano & Wolf (2005), Econometrica 73(4), studentised algorithm 4.1.
 * Returns column indexes, ascending.
 */
export function stepM(input: SpaInput & Readonly<{ size?: number }>): Readonly<{ superior: readonly number[] }> {
  const { size = 0.05 } = input;
  requireNumber('size', size, { min: 0, max: 1, open: true });
  const problem = spaProblem(input);
  const { means, scale, rootCount } = problem;
  const statistics = means.map((mean, model) => (rootCount * mean) / scale[model]);
  let open = means.map((_, model) => model);
  const superior: number[] = [];
  for (;;) {
    const largest: number[] = [];
    forEachReplicate(problem, (resampled) => {
      let maximum = -Infinity;
      for (const model of open)
        maximum = Math.max(maximum, (rootCount * (resampled[model] - means[model])) / scale[model]);
      largest.push(maximum);
    });
    const critical = quantileSorted(
      largest.toSorted((a, b) => a - b),
      1 - size,
    );
    const found = open.filter((model) => statistics[model] > critical);
    superior.push(...found);
    open = open.filter((model) => !found.includes(model));
    if (found.length === 0 || open.length === 0) return { superior: superior.toSorted((a, b) => a - b) };
  }
}

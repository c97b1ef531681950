import { medianOf } from '../../core/math/select.ts';
import type { Decomposition } from './wavelet-transform.ts';

export type Thresholding = Readonly<{ threshold: 'universal' | number; rule: 'soft' | 'hard' }>;

/** Standard normal quantile of 3/4: the median of |noise| in standard deviations. */
const madScale = 0.6744897501960817;

/** Coefficients this small beside the largest value are the rounding noise of a flat stretch. */
export const roundingShare = 1e-13;

/** Noise from the median size of the finest details, and the threshold of a series of a length for it. */
export function noiseOf(median: number, length: number, asked: Thresholding['threshold']) {
  const sigma = median / madScale;
  return { sigma, threshold: asked === 'universal' ? sigma * Math.sqrt(2 * Math.log(length)) : asked };
}

/** Thresholds in place the details that values from `from` on are made of; says by how much, and how many stayed. */
export function denoise(
  { details, sizes }: Decomposition,
  x: Float64Array,
  { threshold: asked, rule, from }: Thresholding & Readonly<{ from: number }>,
) {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]));
  const negligible = roundingShare * largest;
  for (let k = 0; k < sizes.length; k++) {
    const size = Math.abs(details[0][k]);
    sizes[k] = size > negligible ? size : 0;
  }
  const { sigma, threshold } = noiseOf(medianOf(sizes), x.length, asked);
  let kept = 0;
  for (let level = 0; level < details.length; level++) {
    const detail = details[level];
    for (let k = from >> (level + 1); k < detail.length; k++) {
      const size = Math.abs(detail[k]);
      if (size > threshold && size > negligible) kept += 1;
      detail[k] = shrunk(detail[k], threshold, rule);
    }
  }
  return { sigma, threshold, kept };
}

/** A detail after the threshold. */
export function shrunk(detail: number, threshold: number, rule: Thresholding['rule']): number {
  const size = Math.abs(detail);
  if (size <= threshold) return 0;
  return rule === 'soft' ? Math.sign(detail) * (size - threshold) : detail;
}

/** Where a search ended: the best point seen, its value, and how often the function was asked. */
export type Minimum = Readonly<{ point: Float64Array; value: number; evaluations: number }>;

export type NelderMeadOptions = Readonly<{
  /** Edge of the first simplex along each axis. */
  step: number;
  /** Ends when every corner lies this near the best one (largest coordinate) … */
  pointTolerance: number;
  /** … and is no more than this above its value, beside the rounding of the value itself. */
  valueTolerance: number;
  maxEvaluations: number;
}>;

type Corner = { point: Float64Array; value: number };

/**
 * Minimises a function of a few variables without derivatives: Nelder & Mead (1965), Computer Journal 7, with the usual
 * factors 1, 2, 1/2, 1/2 in the order of Lagarias et al. (1998), SIAM J. Optim. 9(1). NaN counts as the worst value.
 * It may end at a point that is no minimum; callers restart it from its own answer.
 */
export function nelderMead(
  valueAt: (point: Float64Array) => number,
  start: ArrayLike<number>,
  options: NelderMeadOptions,
): Minimum {
  const size = start.length;
  let evaluations = 0;
  const cornerAt = (point: Float64Array): Corner => {
    evaluations += 1;
    const value = valueAt(point);
    return { point, value: Number.isNaN(value) ? Infinity : value };
  };
  const corners = firstSimplex(start, options.step).map(cornerAt);

  while (evaluations < options.maxEvaluations) {
    corners.sort((a, b) => a.value - b.value);
    const [best] = corners;
    const worst = corners[size];
    if (hasConverged(corners, options)) break;

    const centre = centreOf(corners.slice(0, size));
    const along = (factor: number) => cornerAt(centre.map((c, i) => c + factor * (c - worst.point[i])));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(2);
      corners[size] = expanded.value < reflected.value ? expanded : reflected;
      continue;
    }
    if (reflected.value < corners[size - 1].value) {
      corners[size] = reflected;
      continue;
    }
    const outside = reflected.value < worst.value;
    const contracted = along(outside ? 0.5 : -0.5);
    if (contracted.value < (outside ? reflected.value : worst.value)) {
      corners[size] = contracted;
      continue;
    }
    for (let k = 1; k <= size; k++) corners[k] = cornerAt(best.point.map((b, i) => b + (corners[k].point[i] - b) / 2));
  }

  const [{ point, value }] = corners.toSorted((a, b) => a.value - b.value);
  return { point, value, evaluations };
}

/** The start, and it moved by `step` along each axis. */
function firstSimplex(start: ArrayLike<number>, step: number): Float64Array[] {
  return Array.from({ length: start.length + 1 }, (_, corner) =>
    Float64Array.from(start, (x, axis) => (axis === corner - 1 ? x + step : x)),
  );
}

function centreOf(corners: readonly Corner[]): Float64Array {
  const centre = new Float64Array(corners[0].point.length);
  for (const { point } of corners) for (let i = 0; i < centre.length; i++) centre[i] += point[i] / corners.length;
  return centre;
}

function hasConverged(sorted: readonly Corner[], { pointTolerance, valueTolerance }: NelderMeadOptions): boolean {
  const [best] = sorted;
  const worst = sorted[sorted.length - 1];
  const rounding = 4 * Number.EPSILON * Math.abs(best.value);
  if (!(worst.value - best.value <= valueTolerance + rounding)) return false;
  return sorted.every(({ point }) => point.every((x, i) => Math.abs(x - best.point[i]) <= pointTolerance));
}

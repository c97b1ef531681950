import { goldenSection } from '../../core/math/golden-section.ts';
import { studentTQuantile } from '../../core/math/student-t.ts';

/** One order: share of the day's volume, and slippage in daily deviations. */
export type ImpactPoint = Readonly<{ id: string; participation: number; normalizedCost: number }>;

export type ImpactFit =
  | Readonly<{ fitted: false; usable: number; reason: string }>
  | Readonly<{
      fitted: true;
      usable: number;
      coefficient: number;
      stdError: number;
      interval: [number, number];
      r2: number;
      exponent: number;
      exponentAtBound?: true;
      coefficientAtExponent: number;
    }>;

const exponents = [0.1, 1.2] as const;

/**
 * Cost = Y sqrt(participation) through the origin with HC1 errors (MacKinnon & White 1985) and Student's t; beside it
 * the exponent that fits best. Almgren et al. (2005); Toth et al. (2011). The spread is inside the cost, so small orders
 * bias Y upwards.
 */
export function fitImpact(points: readonly ImpactPoint[], least: number, confidence: number): ImpactFit {
  const usable = points.length;
  if (usable < least) return { fitted: false, usable, reason: `usable orders ${usable} < minFitOrders ${least}` };
  if (points.every(({ participation }) => participation === points[0].participation)) {
    return { fitted: false, usable, reason: 'all orders have the same participation' };
  }
  const { coefficient, residual } = fitPower(points, 0.5);
  let xx = 0;
  let weighted = 0;
  let yy = 0;
  for (const { participation, normalizedCost } of points) {
    const error = normalizedCost - coefficient * Math.sqrt(participation);
    xx += participation;
    weighted += participation * error * error;
    yy += normalizedCost * normalizedCost;
  }
  const stdError = Math.sqrt((usable / (usable - 1)) * weighted) / xx;
  const reach = studentTQuantile(1 - (1 - confidence) / 2, usable - 1) * stdError;
  const exponent = bestExponent(points);
  const atBound = exponents.some((bound) => Math.abs(exponent - bound) <= 1e-6);
  return {
    fitted: true,
    usable,
    coefficient,
    stdError,
    interval: [coefficient - reach, coefficient + reach],
    r2: yy > 0 ? 1 - residual / yy : 0,
    exponent,
    ...(atBound && { exponentAtBound: true }),
    coefficientAtExponent: fitPower(points, exponent).coefficient,
  };
}

/** The power of participation that leaves the least: yy - xy^2 / xx over what the coefficient explains best. */
function bestExponent(points: readonly ImpactPoint[]): number {
  const [logs, costs] = [new Float64Array(points.length), new Float64Array(points.length)];
  points.forEach(({ participation, normalizedCost }, i) => {
    logs[i] = Math.log(participation);
    costs[i] = normalizedCost;
  });
  const unexplained = (power: number) => {
    let xx = 0;
    let xy = 0;
    for (let i = 0; i < logs.length; i++) {
      const x = Math.exp(power * logs[i]);
      xx += x * x;
      xy += x * costs[i];
    }
    return -(xy * xy) / xx;
  };
  return goldenSection(unexplained, exponents, 1e-10);
}

/** Least squares of cost on participation^power through the origin, and the sum of squares that is left. */
function fitPower(points: readonly ImpactPoint[], power: number): { coefficient: number; residual: number } {
  let xx = 0;
  let xy = 0;
  for (const { participation, normalizedCost } of points) {
    const x = participation ** power;
    xx += x * x;
    xy += x * normalizedCost;
  }
  const coefficient = xy / xx;
  let residual = 0;
  for (const { participation, normalizedCost } of points) {
    residual += (normalizedCost - coefficient * participation ** power) ** 2;
  }
  return { coefficient, residual };
}

import { normalCdf } from './normal.ts';

/** Deterministic terms of a unit-root regression: none, constant, constant and trend. */
export type UnitRootTrend = 'n' | 'c' | 'ct';

/** How many series are believed integrated: 1 for Dickey-Fuller, 2 for a pair's cointegration. */
type IntegratedSeries = 1 | 2;

type Surface = Readonly<{
  /** Below `min` p is 0, above `max` 1; up to `star` the left-tail polynomial holds, beyond it the other. */
  min: number;
  star: number;
  max: number;
  leftTail: readonly number[];
  rest: readonly number[];
  /** Critical values as polynomials in 1/n. */
  critical: Readonly<Record<'1%' | '5%' | '10%', readonly number[]>>;
}>;

// p-values: MacKinnon (1994), Journal of Business & Economic Statistics 12(2), tables 3 and 4 (the tau tests);
// critical values: MacKinnon (2010), Queen's Economics Department Working Paper 1227, tables 2 to 4.
const surfaces: Readonly<Record<UnitRootTrend, readonly Surface[]>> = {
  n: [
    {
      min: -19.04,
      star: -1.04,
      max: Infinity,
      leftTail: [0.6344, 1.2378, 0.032496],
      rest: [0.4797, 0.93557, -0.06999, 0.033066],
      critical: {
        '1%': [-2.56574, -2.2358, -3.627, 0],
        '5%': [-1.941, -0.2686, -3.365, 31.223],
        '10%': [-1.61682, 0.2656, -2.714, 25.364],
      },
    },
  ],
  c: [
    {
      min: -18.83,
      star: -1.61,
      max: 2.74,
      leftTail: [2.1659, 1.4412, 0.038269],
      rest: [1.7339, 0.93202, -0.12745, -0.010368],
      critical: {
        '1%': [-3.43035, -6.5393, -16.786, -79.433],
        '5%': [-2.86154, -2.8903, -4.234, -40.04],
        '10%': [-2.56677, -1.5384, -2.809, 0],
      },
    },
    {
      min: -18.86,
      star: -2.62,
      max: 0.92,
      leftTail: [2.92, 1.5012, 0.039796],
      rest: [2.1945, 0.64695, -0.29198, -0.042377],
      critical: {
        '1%': [-3.89644, -10.9519, -33.527, 0],
        '5%': [-3.33613, -6.1101, -6.823, 0],
        '10%': [-3.04445, -4.2412, -2.72, 0],
      },
    },
  ],
  ct: [
    {
      min: -16.18,
      star: -2.89,
      max: 0.7,
      leftTail: [3.2512, 1.6047, 0.049588],
      rest: [2.5261, 0.61654, -0.37956, -0.060285],
      critical: {
        '1%': [-3.95877, -9.0531, -28.428, -134.155],
        '5%': [-3.41049, -4.3904, -9.036, -45.374],
        '10%': [-3.12705, -2.5856, -3.925, -22.38],
      },
    },
    {
      min: -21.15,
      star: -3.19,
      max: 0.63,
      leftTail: [3.6646, 1.5419, 0.036448],
      rest: [2.85, 0.5272, -0.36622, -0.051695],
      critical: {
        '1%': [-4.32762, -15.4387, -35.679, 0],
        '5%': [-3.78057, -9.5106, -12.074, 0],
        '10%': [-3.49631, -7.0815, -7.538, 21.892],
      },
    },
  ],
};

export type CriticalValues = Readonly<Record<'1%' | '5%' | '10%', number>>;

/** Approximate p-value of a unit-root t-statistic (left tail: small means stationary or cointegrated). */
export function mackinnonPValue(statistic: number, trend: UnitRootTrend, series: IntegratedSeries = 1): number {
  const { min, star, max, leftTail, rest } = surfaceOf(trend, series);
  if (statistic > max) return 1;
  if (statistic < min) return 0;
  return normalCdf(polynomial(statistic <= star ? leftTail : rest, statistic));
}

/** Critical values at 1, 5 and 10 % for `observations` (Infinity: asymptotic). */
export function mackinnonCriticalValues(
  trend: UnitRootTrend,
  observations: number,
  series: IntegratedSeries = 1,
): CriticalValues {
  const { critical } = surfaceOf(trend, series);
  const at = (level: '1%' | '5%' | '10%') => polynomial(critical[level], 1 / observations);
  return { '1%': at('1%'), '5%': at('5%'), '10%': at('10%') };
}

function surfaceOf(trend: UnitRootTrend, series: IntegratedSeries): Surface {
  const surface = surfaces[trend].at(series - 1);
  if (surface === undefined) throw new RangeError(`no surface for ${series} series with trend ${trend}`);
  return surface;
}

const polynomial = (coefficients: readonly number[], x: number) => coefficients.reduceRight((sum, c) => sum * x + c, 0);

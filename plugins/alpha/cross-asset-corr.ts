import { z } from 'zod';
import { cholesky } from '../../core/math/cholesky.ts';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { normalCdf } from '../../core/math/normal.ts';
import { pearson } from '../../core/math/pearson.ts';
import { symmetricEigen } from '../../core/math/symmetric-eigen.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';

const leastRows = 30;

const driver = z.strictObject({
  name: z.string().describe('of the driver'),
  returns: series(leastRows).describe('log returns'),
});

const input = z.strictObject({
  target: series(leastRows).describe('log returns, of the same periods as the drivers'),
  drivers: z.array(driver).min(1).max(20).describe('names are unique'),
});

const params = z.strictObject({
  lambda: z.number().gt(0.8).lt(1).default(0.97).describe('decay of the weights a bar'),
  shortWindow: z.int().min(8).default(20).describe('bars, the latest: the link now'),
  longWindow: z.int().min(8).default(120).describe('bars just before them: the link until now; cut to what there is'),
  horizon: z.int().min(1).default(5).describe('bars over which the target may lag'),
  zCap: z.number().positive().default(2).describe('gapZ of the full signal'),
});

const shift = z.strictObject({
  name: z.string(),
  short: z.number().min(-1).max(1).describe('correlation of the short window'),
  baseline: z.number().min(-1).max(1).describe('correlation of the long window'),
  z: z.number().describe('difference of their Fisher transforms over its deviation'),
  pValue: fraction().describe('two-sided'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof params>;
type Shift = z.output<typeof shift>;

export const crossAssetCorr = definePlugin({
  id: 'alpha_cross_asset_corr',
  category: 'alpha',
  kind: 'pure',
  summary:
    'How the target moves with its drivers now, whether that link has just broken, and whether the target lags the move its drivers imply.',
  reference:
    'RiskMetrics Technical Document (1996), ch. 5; Fisher (1921), Metron 1; Kritzman, Li, Page & Rigobon (2011), Journal of Portfolio Management 37(4)',
  input,
  params,
  output: z.strictObject({
    signal: z.number().min(-1).max(1).describe('above 0: the target is behind the move its drivers imply'),
    confidence: fraction().describe('rSquared times the Bonferroni-adjusted p that no link has shifted'),
    correlation: z.array(z.array(z.number().min(-1).max(1))).describe('exponential; the target, then the drivers'),
    averageCorrelation: z.number().min(-1).max(1).describe('mean of all pairs'),
    absorptionRatio: z.number().gt(0).max(1).describe('largest eigenvalue of correlation over its trace'),
    betas: series().describe('of the target on all drivers together, exponential'),
    rSquared: fraction(),
    impliedReturn: z.number().describe('log return over the horizon that the drivers imply'),
    actualReturn: z.number().describe('log return of the target over it'),
    gapZ: z.number().describe('implied less actual, over its deviation'),
    shifts: z.array(shift).describe('short window against baseline, a row a driver'),
  }),
  example: {
    input: {
      target: [
        0.004, 0.0253, 0.0145, 0.019, 0.0322, -0.0364, -0.0154, -0.013, 0.004, 0.0032, 0.0102, 0.0036, -0.0373, 0.0063,
        -0.0131, 0.0139, 0.0198, 0.0133, -0.0104, 0.0015, -0.0069, -0.011, -0.0088, -0.0049, -0.0083, -0.0086, -0.0055,
        -0.0056, 0.0174, -0.0236, 0.0193, 0.0065, -0.0119, -0.0209, -0.0188, 0.0059, 0.0067, -0.0051, -0.0053, 0.0119,
      ],
      drivers: [
        {
          name: 'NDX',
          returns: [
            -0.0001, 0.0105, 0.0074, 0.0072, 0.0162, -0.0121, -0.0063, -0.0132, -0.0011, 0.01, -0.0002, 0.005, -0.0191,
            0.0015, -0.0091, 0.0178, 0.0089, 0.0095, -0.0006, 0.0061, 0.0066, -0.0034, -0.005, -0.0011, -0.0061,
            -0.0059, -0.0028, -0.0073, 0.0077, -0.016, 0.0082, -0.0063, -0.0055, -0.0135, -0.0014, -0.0025, 0.0019,
            -0.0053, 0.0009, 0.0182,
          ],
        },
        {
          name: 'DXY',
          returns: [
            0.0025, -0.0055, 0.0042, -0.0022, 0.0003, 0.0061, -0.0011, -0.0089, -0.0019, 0.0013, -0.0022, 0.0016,
            0.0097, -0.0036, 0.0092, 0.0062, 0.0047, 0.0051, 0.0067, 0.0123, -0.0002, 0.0007, 0.0046, -0.0052, -0.0081,
            -0.0041, 0.0028, 0.0043, -0.0108, -0.0081, -0.0035, 0.0001, 0.0008, 0.0067, 0.0077, 0.0019, 0.0033, -0.0055,
            -0.0072, -0.0022,
          ],
        },
      ],
    },
    params: { lambda: 0.97, shortWindow: 10, longWindow: 30, horizon: 5, zCap: 2 },
  },
  compute: (given, terms) => {
    refuseBadSeries(given, terms);
    const { target, drivers } = given;
    const columns = [target, ...drivers.map(({ returns }) => returns)].map((column) => new Float64Array(column));
    const { correlation, deviations } = exponentialMoments(columns, terms.lambda);
    refuseCollinear(correlation);

    const { slopes, rSquared } = regression(correlation);
    const betas = slopes.map((slope, j) => (slope * deviations[0]) / deviations[j + 1]);
    const impliedReturn = drivers.reduce((sum, { returns }, j) => sum + betas[j] * tailSum(returns, terms.horizon), 0);
    const actualReturn = tailSum(target, terms.horizon);
    const unexplained = 1 - rSquared;
    const scale = deviations[0] * Math.sqrt(terms.horizon * unexplained);
    const gapZ = unexplained <= 1e-12 ? 0 : (impliedReturn - actualReturn) / scale;
    const shifts = drivers.map(({ name, returns }) => ({ name, ...shiftOf(target, returns, terms) }));
    const leastP = Math.min(...shifts.map(({ pValue }) => pValue));
    return {
      signal: clip(gapZ / terms.zCap, -1, 1),
      confidence: clip(rSquared * Math.min(1, drivers.length * leastP), 0, 1),
      correlation,
      averageCorrelation: averageOfPairs(correlation),
      absorptionRatio: Math.min(1, symmetricEigen(correlation).values[0] / columns.length),
      betas,
      rSquared,
      impliedReturn,
      actualReturn,
      gapZ,
      shifts,
    };
  },
});

function refuseBadSeries({ target, drivers }: Input, { shortWindow, longWindow, horizon }: Params): void {
  const rows = target.length;
  const first = { path: 'input.target', length: rows };
  drivers.forEach(({ name, returns }, j) => {
    refuseUnlessAligned(`input.drivers[${j}].returns`, returns, first);
    const same = drivers.findIndex((other) => other.name === name);
    if (same < j) refuse(`input.drivers[${j}].name`, `also the name of drivers[${same}]`, 'unique names', name);
  });
  if (rows - shortWindow < 8)
    refuse('params.shortWindow', 'leaves too few bars before it', `at most ${rows - 8}`, shortWindow);
  if (horizon > rows) refuse('params.horizon', 'longer than the series', `at most ${rows}`, horizon);
  refuseConstant('input.target', target, { shortWindow, longWindow });
  drivers.forEach(({ returns }, j) =>
    refuseConstant(`input.drivers[${j}].returns`, returns, { shortWindow, longWindow }),
  );
}

type Windows = Pick<Params, 'shortWindow' | 'longWindow'>;

function refuseConstant(path: string, values: readonly number[], windows: Windows): void {
  for (const [name, part] of Object.entries(windowsOf(values, windows))) {
    if (isConstant(part))
      refuse(path, `constant in the ${name} window`, 'values that differ', `${part.length} times ${part[0]}`);
  }
}

/** The latest values, and those just before: the windows don't overlap, so that their correlations are independent. */
function windowsOf(values: readonly number[], { shortWindow, longWindow }: Windows) {
  const border = values.length - shortWindow;
  return { short: values.slice(border), long: values.slice(Math.max(0, border - longWindow), border) };
}

/** Exponential correlations and deviations about zero, as RiskMetrics has them. */
function exponentialMoments(columns: readonly Float64Array[], lambda: number) {
  const rows = columns[0].length;
  const weights = new Float64Array(rows).map((_, t) => lambda ** (rows - 1 - t));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const weighted = columns.map((column) => column.map((value, t) => (weights[t] / total) * value));
  const deviations = columns.map((column, i) => Math.sqrt(dot(weighted[i], column)));
  const correlation = columns.map(() => columns.map(() => 1));
  for (let a = 0; a < columns.length; a++) {
    for (let b = 0; b < a; b++) {
      const value = clip(dot(weighted[a], columns[b]) / (deviations[a] * deviations[b]), -1, 1);
      correlation[a][b] = value;
      correlation[b][a] = value;
    }
  }
  return { correlation, deviations };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}

const driversBlock = (correlation: readonly (readonly number[])[]) => correlation.slice(1).map((row) => row.slice(1));

function refuseCollinear(correlation: readonly (readonly number[])[]): void {
  const { values } = symmetricEigen(driversBlock(correlation));
  const ratio = values[values.length - 1] / values[0];
  if (!(ratio >= 1e-12)) collinear(`smallest eigenvalue ${ratio} of the largest`);
}

const collinear = (found?: string) =>
  refuse('input.drivers', 'collinear', 'drivers that the others do not add up to', found);

/** Slopes of the standardised target on the standardised drivers, and the share of its variance they explain. */
function regression(correlation: readonly (readonly number[])[]) {
  const withTarget = correlation[0].slice(1);
  const factor = cholesky(driversBlock(correlation));
  if (factor === undefined) return collinear();
  const half = factor.forward(withTarget);
  return { slopes: [...factor.backward(half)], rSquared: clip(dot(half, half), 0, 1) };
}

function shiftOf(target: readonly number[], returns: readonly number[], windows: Windows): Omit<Shift, 'name'> {
  const [x, y] = [windowsOf(target, windows), windowsOf(returns, windows)];
  const short = clip(pearson(x.short, y.short), -0.999999, 0.999999);
  const baseline = clip(pearson(x.long, y.long), -0.999999, 0.999999);
  const deviation = Math.sqrt(1 / (x.short.length - 3) + 1 / (x.long.length - 3));
  const zScore = (Math.atanh(short) - Math.atanh(baseline)) / deviation;
  return { short, baseline, z: zScore, pValue: Math.min(1, 2 * normalCdf(-Math.abs(zScore))) };
}

function tailSum(values: readonly number[], count: number): number {
  let sum = 0;
  for (let t = values.length - count; t < values.length; t++) sum += values[t];
  return sum;
}

function averageOfPairs(correlation: readonly (readonly number[])[]): number {
  const size = correlation.length;
  const all = correlation.reduce((sum, row) => sum + row.reduce((rowSum, value) => rowSum + value, 0), 0);
  return clip((all - size) / (size * (size - 1)), -1, 1);
}

import { z } from 'zod';
import { adf } from '../../core/validation/statistics/adf.ts';
import { blockLength } from '../../core/validation/statistics/block-length.ts';
import { bootstrapMean } from '../../core/validation/statistics/bootstrap-mean.ts';
import { cpcv, purge, walkForwardWindows } from '../../core/validation/statistics/cross-validation.ts';
import { deflatedSharpe } from '../../core/validation/statistics/deflated-sharpe.ts';
import { engleGranger } from '../../core/validation/statistics/engle-granger.ts';
import { kpss } from '../../core/validation/statistics/kpss.ts';
import { ljungBox } from '../../core/validation/statistics/ljung-box.ts';
import { loSharpe } from '../../core/validation/statistics/lo-sharpe.ts';
import { minBacktestLength } from '../../core/validation/statistics/min-backtest-length.ts';
import { minTrackRecord } from '../../core/validation/statistics/min-track-record.ts';
import { modelConfidenceSet } from '../../core/validation/statistics/model-confidence-set.ts';
import { multipleTesting, multipleTestingMethods } from '../../core/validation/statistics/multiple-testing.ts';
import { neweyWest } from '../../core/validation/statistics/newey-west.ts';
import { pbo } from '../../core/validation/statistics/pbo.ts';
import { probabilisticSharpe } from '../../core/validation/statistics/probabilistic-sharpe.ts';
import { sharpeDifference } from '../../core/validation/statistics/sharpe-difference.ts';
import { spa } from '../../core/validation/statistics/spa.ts';
import { stepM } from '../../core/validation/statistics/stepm.ts';
import { varianceRatio } from '../../core/validation/statistics/variance-ratio.ts';

/** One statistic of `nightdesk stats`: shapes are checked here, values by the function itself. */
export type Statistic = Readonly<{
  name: string;
  summary: string;
  input: z.ZodObject;
  run: (input: unknown) => unknown;
}>;

const statistic = <Shape extends z.ZodRawShape>(
  name: string,
  summary: string,
  entry: Readonly<{ shape: Shape; compute: (input: z.output<z.ZodObject<Shape, z.core.$strict>>) => unknown }>,
): Statistic => {
  const input = z.strictObject(entry.shape);
  return { name, summary, input, run: (value) => entry.compute(input.parse(value)) };
};

const number = z.number();
const series = z.array(z.number());
const matrix = z.array(series);
const optionalNumber = number.exactOptional();
const bootstrap = { blockSize: optionalNumber, reps: optionalNumber, seed: optionalNumber };
const family = {
  returns: matrix.exactOptional(),
  losses: matrix.exactOptional(),
  benchmark: series.exactOptional(),
  ...bootstrap,
  studentize: z.boolean().exactOptional(),
};
const span = z.strictObject({ from: number, to: number });

/** Every statistic, in the order of `nightdesk stats list`. */
export const statistics: readonly Statistic[] = [
  statistic('probabilistic-sharpe', 'probability that the true Sharpe ratio exceeds a benchmark', {
    shape: { returns: series, benchmarkSharpe: optionalNumber },
    compute: probabilisticSharpe,
  }),
  statistic('deflated-sharpe', 'the same after so many trials: what the best of worthless ones would show', {
    shape: {
      returns: series,
      trialSharpes: series.exactOptional(),
      trials: optionalNumber,
      sharpeVariance: optionalNumber,
      trialReturns: matrix.exactOptional(),
    },
    compute: deflatedSharpe,
  }),
  statistic('min-track-record', 'observations before a Sharpe ratio is above a benchmark at a confidence', {
    shape: { returns: series, benchmarkSharpe: optionalNumber, confidence: optionalNumber },
    compute: minTrackRecord,
  }),
  statistic('min-backtest-length', 'years below which the best of so many worthless trials looks good', {
    shape: { trials: number, targetAnnualSharpe: number },
    compute: minBacktestLength,
  }),
  statistic('pbo', 'probability of backtest overfitting (CSCV); rows = time, columns = trials', {
    shape: { matrix, blocks: optionalNumber },
    compute: pbo,
  }),
  statistic('spa', 'does the best of many models beat the benchmark (Hansen; upper, not studentised: White)', {
    shape: family,
    compute: spa,
  }),
  statistic('stepm', 'which models beat the benchmark, family-wise error held (Romano-Wolf)', {
    shape: { ...family, size: optionalNumber },
    compute: stepM,
  }),
  statistic('mcs', 'models that cannot be told from the best (model confidence set)', {
    shape: { losses: matrix, size: optionalNumber, ...bootstrap },
    compute: modelConfidenceSet,
  }),
  statistic('block-length', 'block length that serves the bootstrap best (Politis-White)', {
    shape: { returns: series },
    compute: blockLength,
  }),
  statistic('bootstrap-mean', 'interval of a mean that keeps the dependence between neighbours', {
    shape: { returns: series, ...bootstrap, confidence: optionalNumber },
    compute: bootstrapMean,
  }),
  statistic('multiple-testing', `adjusted p-values (${multipleTestingMethods.join(', ')})`, {
    shape: { p: series, method: z.enum(multipleTestingMethods), alpha: optionalNumber },
    compute: multipleTesting,
  }),
  statistic('newey-west', 'mean with an error robust to autocorrelation', {
    shape: { returns: series, lags: optionalNumber },
    compute: neweyWest,
  }),
  statistic('lo-sharpe', 'Sharpe ratio with its error and the factor that scales it to longer periods (Lo)', {
    shape: { returns: series, lags: optionalNumber, periods: series.exactOptional() },
    compute: loSharpe,
  }),
  statistic('sharpe-difference', 'do two strategies have the same Sharpe ratio (Ledoit-Wolf)', {
    shape: { a: series, b: series, ...bootstrap },
    compute: sharpeDifference,
  }),
  statistic('ljung-box', 'are the first autocorrelations zero', {
    shape: { series, lags: z.union([number, series]) },
    compute: ljungBox,
  }),
  statistic('adf', 'unit root (augmented Dickey-Fuller): small p = stationary', {
    shape: {
      series,
      lags: z.union([number, z.literal('aic')]).exactOptional(),
      maxLags: optionalNumber,
      trend: z.enum(['n', 'c', 'ct']).exactOptional(),
    },
    compute: adf,
  }),
  statistic('kpss', 'stationarity as the null: small p = not stationary', {
    shape: {
      series,
      trend: z.enum(['c', 'ct']).exactOptional(),
      lags: z.union([number, z.literal('auto')]).exactOptional(),
    },
    compute: kpss,
  }),
  statistic('variance-ratio', 'random walk, trend or reversal over q periods (Lo-MacKinlay); log prices', {
    shape: { series, lags: number, overlap: z.boolean().exactOptional(), robust: z.boolean().exactOptional() },
    compute: varianceRatio,
  }),
  statistic('engle-granger', 'do two series move together (cointegration)', {
    shape: {
      dependent: series,
      regressor: series,
      trend: z.enum(['c', 'ct']).exactOptional(),
      lags: z.union([number, z.literal('aic')]).exactOptional(),
    },
    compute: engleGranger,
  }),
  statistic('cpcv', 'combinatorial purged cross-validation: splits and paths', {
    shape: { observations: number, folds: number, testFolds: number, purge: optionalNumber, embargo: optionalNumber },
    compute: cpcv,
  }),
  statistic('walk-forward-windows', 'train, test, move on', {
    shape: {
      observations: number,
      windows: number,
      trainWindows: optionalNumber,
      anchored: z.boolean().exactOptional(),
      purge: optionalNumber,
    },
    compute: walkForwardWindows,
  }),
  statistic('purge', 'what may be trained on beside test spans', {
    shape: { observations: number, tests: z.array(span), purge: optionalNumber, embargo: optionalNumber },
    compute: purge,
  }),
];

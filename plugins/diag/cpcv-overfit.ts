import { z } from 'zod';
import { fitLine } from '../../core/math/fit-line.ts';
import { sampleDeviation } from '../../core/math/moments.ts';
import { binomial } from '../../core/validation/statistics/cross-validation.ts';
import { type Cscv, cscv } from '../../core/validation/statistics/cscv.ts';
import { deflatedSharpe, effectiveTrialsOf } from '../../core/validation/statistics/deflated-sharpe.ts';
import { moments } from '../../core/validation/statistics/moments.ts';
import { meanPairwiseCorrelation } from '../../core/validation/statistics/pairwise-correlation.ts';
import { probabilisticSharpe, sharpeSpread } from '../../core/validation/statistics/probabilistic-sharpe.ts';
import { chartOutputs, chartParams } from '../charts/fields.ts';
import { definePlugin } from '../define-plugin.ts';
import { matrix } from '../fields.ts';
import { refuse, refuseUnlessAligned, refuseUnlessRectangular } from '../refuse.ts';
import { cpcvChart } from './cpcv-chart.ts';
import { cpcvPaths, sharpeOf } from './cpcv-paths.ts';

const overfitInput = z.strictObject({
  returns: matrix(8, 2).describe('a row a bar, oldest first; a column a configuration tried; net of costs'),
  labelEnd: z
    .array(z.int().nonnegative())
    .optional()
    .describe('last bar on which each row depends (holding period), the row itself without'),
});

const overfitParams = z.strictObject({
  cscvBlocks: z.int().min(4).max(20).multipleOf(2).default(16).describe('blocks of rows, half of them in sample'),
  nGroups: z.int().min(3).max(20).default(6).describe('groups of cross-validation'),
  nTestGroups: z.int().min(1).default(2).describe('groups tested at a time, less than nGroups'),
  embargoBars: z.int().min(0).default(0).describe('bars after a test group that are not trained on'),
  minTrainBars: z.int().min(3).default(3).describe('rows that every training set must keep after purge and embargo'),
  trials: z.int().min(2).optional().describe('configurations ever tried, also those not kept; the columns without'),
  periodsPerYear: z.number().positive().default(365).describe('bars a year, for the picture'),
  ...chartParams,
});

type Input = z.output<typeof overfitInput>;
type Params = z.output<typeof overfitParams>;

/** Longer lists of logits and selections are left out for a histogram. */
const longestList = 20_000;
/** Splits of cross-validation, at most. */
const mostSplits = 5_000;
const histogramBins = 50;
const drawnPoints = 2_000;
const drawnBars = 200;

const numbers = z.array(z.number());
const split = z.strictObject({
  test: z.array(z.int()).describe('test groups'),
  selected: z.int().describe('column that was best on train'),
  trainSize: z.int(),
  purged: z.int().describe('rows dropped for overlap or embargo'),
  train: z.array(z.int()).describe('rows'),
});
const histogram = z.strictObject({ edges: numbers, counts: z.array(z.int()) });

/**
 * Cannot retrain a model: where each split needs a fit, take `splits`, fit, and hand the out-of-sample returns back as
 * columns.
 */
export const cpcvOverfit = definePlugin({
  id: 'diag_cpcv_overfit',
  category: 'diag',
  kind: 'pure',
  summary:
    'Is the best of many tried configurations real: paths of combinatorial purged cross-validation, the probability of backtest overfitting, and the deflated Sharpe ratio.',
  reference:
    'Lopez de Prado (2018), Advances in Financial Machine Learning, 7.4 and ch. 12; Bailey, Borwein, Lopez de Prado & Zhu (2017), Journal of Computational Finance 20(4); Bailey & Lopez de Prado (2012, 2014)',
  input: overfitInput,
  params: overfitParams,
  output: z.strictObject({
    pbo: z.number().describe('probability of backtest overfitting, 0..1'),
    combinations: z.int().describe('halves looked at'),
    logits: numbers.optional().describe('one a half; left out over 20,000 for logitHistogram'),
    selectedInSample: z.array(z.int()).optional().describe('best column in sample, one a half'),
    logitHistogram: histogram.optional(),
    degradation: z
      .strictObject({ slope: z.number(), intercept: z.number(), r2: z.number() })
      .partial()
      .describe('out-of-sample Sharpe ratio of the selected on its in-sample one'),
    probabilityOfLoss: z
      .number()
      .describe('share of halves in which the selected has a negative Sharpe ratio out of sample'),
    cpcv: z.strictObject({
      splits: z.array(split),
      paths: z.int(),
      pathSharpe: numbers.describe('a bar'),
      meanPathSharpe: z.number(),
      sdPathSharpe: z.number().optional().describe('ddof 1'),
      q05PathSharpe: z.number().describe('type 7 quantile'),
      shareNegative: z.number(),
    }),
    deflated: z
      .strictObject({
        best: z.int(),
        sharpe: numbers,
        sharpeVariance: z.number().describe('over columns, ddof 1'),
        trials: z.int(),
        effectiveTrials: z.number().describe('independent trials that those are worth'),
        averageCorrelation: z.number(),
        sr0: z.number().describe('Sharpe ratio that the best of worthless trials would show'),
        dsr: z.number().describe('probability that the best’s true Sharpe ratio is above sr0'),
        sr0Effective: z.number(),
        dsrEffective: z.number(),
        psr0: z.number().describe('probability that it is above 0'),
      })
      .describe('Sharpe ratios a bar'),
    plot: z.strictObject({
      logits: histogram.extend({ overfit: z.array(z.int()).describe('of counts, logits at or below 0') }),
      scatter: z.strictObject({ inSample: numbers, outOfSample: numbers }).describe('annualised, at most 2,000 points'),
      line: z.strictObject({ slope: z.number(), intercept: z.number() }).optional(),
      pathBars: z.array(z.int()).describe('bars of the points of the paths, at most 200'),
      paths: z.array(numbers).describe('cumulative log returns; a path ends where everything is lost'),
    }),
    ...chartOutputs,
  }),
  example: {
    input: {
      returns: [
        [0.012, 0.004, -0.003],
        [-0.006, 0.002, 0.005],
        [0.008, -0.001, 0.004],
        [0.011, 0.006, -0.002],
        [-0.009, 0.003, 0.001],
        [0.004, -0.002, 0.006],
        [-0.007, 0.005, 0.003],
        [0.002, 0.001, -0.004],
        [-0.005, 0.004, 0.007],
        [0.006, -0.003, 0.002],
        [-0.01, 0.002, 0.004],
        [0.003, 0.006, -0.001],
        [0.007, -0.004, 0.003],
        [-0.002, 0.003, 0.005],
        [0.009, 0.001, -0.006],
        [-0.004, 0.002, 0.008],
      ],
      labelEnd: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15],
    },
    params: { cscvBlocks: 4, nGroups: 4, nTestGroups: 2, embargoBars: 1 },
  },
  compute: (input, params) => {
    refuseBadTrials(input, params);
    const { returns, labelEnd = returns.map((_, t) => t) } = input;
    const columns = returns[0].map((_, column) => Float64Array.from(returns, (row) => row[column]));
    const halves = cscv(returns, params.cscvBlocks);
    const { summary, returns: pathReturns } = cpcvPaths(columns, { ...params, labelEnd });
    const deflated = deflate(returns, columns, params.trials ?? columns.length);

    const combinations = halves.logits.length;
    const pbo = halves.logits.filter((logit) => logit <= 0).length / combinations;
    const line = fitLine(halves.inSample, halves.outOfSample);
    const binned = binLogits(halves.logits, columns.length);
    const overfit = binLogits(
      halves.logits.filter((logit) => logit <= 0),
      columns.length,
    ).counts;
    const plot = {
      logits: { ...binned, overfit },
      ...plotPoints(halves, line, params.periodsPerYear),
      ...plotPaths(pathReturns),
    };
    return {
      pbo,
      combinations,
      ...(combinations <= longestList
        ? { logits: [...halves.logits], selectedInSample: [...halves.selected] }
        : { logitHistogram: binned }),
      degradation: line ?? {},
      probabilityOfLoss: halves.outOfSample.filter((sharpe) => sharpe < 0).length / combinations,
      cpcv: summary,
      deflated,
      plot,
      vegaLite: cpcvChart(plot, {
        pbo,
        dsr: deflated.dsrEffective,
        pathSharpe: summary.pathSharpe,
        theme: params.theme,
      }),
    };
  },
});

function refuseBadTrials({ returns, labelEnd }: Input, params: Params): void {
  const { cscvBlocks, nGroups, nTestGroups, trials } = params;
  const bars = returns.length;
  refuseUnlessRectangular('input.returns', returns);
  if (bars < 2 * cscvBlocks) {
    refuse('input.returns', 'too few rows for cscvBlocks', `at least ${2 * cscvBlocks} (2 x ${cscvBlocks})`, `${bars}`);
  }
  if (nTestGroups >= nGroups) refuse('params.nTestGroups', 'too many', `less than nGroups ${nGroups}`, nTestGroups);
  const splits = binomial(nGroups, nTestGroups);
  if (splits > mostSplits) {
    refuse(
      'params.nTestGroups',
      'too many splits',
      `at most ${mostSplits}`,
      `C(${nGroups}, ${nTestGroups}) = ${splits}`,
    );
  }
  if (nGroups > bars) refuse('params.nGroups', 'more groups than rows', `at most ${bars}`, nGroups);
  if (trials !== undefined && trials < returns[0].length) {
    refuse('params.trials', 'fewer than there are columns', `at least ${returns[0].length}`, trials);
  }
  if (labelEnd === undefined) return;
  refuseUnlessAligned('input.labelEnd', labelEnd, { path: 'input.returns', length: bars });
  labelEnd.forEach((end, t) => {
    if (end < t || end > bars - 1) refuse(`input.labelEnd[${t}]`, 'outside the rows', `${t}..${bars - 1}`, end);
  });
}

function deflate(returns: readonly (readonly number[])[], columns: readonly Float64Array[], trials: number) {
  const sharpe = columns.map(sharpeOf);
  const best = sharpe.reduce((leader, value, column) => (value > sharpe[leader] ? column : leader), 0);
  const chosen = [...columns[best]];
  const sample = moments(chosen);
  if (!(sharpeSpread(sample) > 0)) {
    const found = `skewness ${sample.skew}, kurtosis ${sample.kurtosis}, Sharpe ${sharpe[best]}`;
    refuse(`input.returns[][${best}]`, 'no error of its Sharpe ratio', '1 - g3 S + (g4 - 1)/4 S^2 above 0', found);
  }
  const sharpeVariance = sampleDeviation(sharpe) ** 2;
  const averageCorrelation = meanPairwiseCorrelation(returns);
  const effectiveTrials = effectiveTrialsOf(trials, averageCorrelation);
  const all = deflatedSharpe({ returns: chosen, trials, sharpeVariance });
  const independent = deflatedSharpe({ returns: chosen, trials: effectiveTrials, sharpeVariance });
  return {
    best,
    sharpe,
    sharpeVariance,
    trials,
    effectiveTrials,
    averageCorrelation,
    sr0: all.expectedMaxSharpe,
    dsr: all.dsr,
    sr0Effective: independent.expectedMaxSharpe,
    dsrEffective: independent.dsr,
    psr0: probabilisticSharpe({ returns: chosen }).psr,
  };
}

/** Logits of M columns lie in -ln M..ln M; the tiny addend keeps those on an edge in the bin above it. */
function binLogits(logits: Float64Array, columns: number) {
  const reach = Math.log(columns);
  const half = histogramBins / 2;
  const counts = Array.from({ length: histogramBins }, () => 0);
  for (const logit of logits) {
    const bin = Math.floor((logit / reach + 1) * half + 1e-9);
    counts[Math.min(histogramBins - 1, Math.max(0, bin))]++;
  }
  return { edges: Array.from({ length: histogramBins + 1 }, (_, i) => (i / half - 1) * reach), counts };
}

function plotPoints({ inSample, outOfSample }: Cscv, line: ReturnType<typeof fitLine>, periodsPerYear: number) {
  const annual = Math.sqrt(periodsPerYear);
  const step = Math.ceil(inSample.length / drawnPoints);
  const thinned = (values: Float64Array) => [...values].filter((_, i) => i % step === 0).map((value) => value * annual);
  return {
    scatter: { inSample: thinned(inSample), outOfSample: thinned(outOfSample) },
    ...(line && { line: { slope: line.slope, intercept: line.intercept * annual } }),
  };
}

function plotPaths(paths: readonly Float64Array[]) {
  const last = paths[0].length - 1;
  const points = Math.min(drawnBars, last + 1);
  const pathBars = Array.from({ length: points }, (_, i) => Math.round((i * last) / Math.max(1, points - 1)));
  const curves = paths.map((values) => {
    const shown: number[] = [];
    let growth = 0;
    let next = 0;
    for (let t = 0; t <= last && values[t] > -1; t++) {
      growth += Math.log1p(values[t]);
      if (t === pathBars[next]) {
        shown.push(growth);
        next++;
      }
    }
    return shown;
  });
  return { pathBars, paths: curves };
}

import { z } from 'zod';
import { mean } from '../../core/math/moments.ts';
import { chartOutputs, chartParams } from '../charts/fields.ts';
import { definePlugin } from '../define-plugin.ts';
import { refuse } from '../refuse.ts';
import { sensitivityChart, type SensitivityPlot } from './param-sensitivity-chart.ts';
import {
  bestOf,
  cellMeans,
  type Grid,
  gridOf,
  indexOf,
  mostRobust,
  type Shares,
  surroundings,
  varianceShares,
} from './parameter-grid.ts';
import { binnedShare, rankCorrelation } from './parameter-scatter.ts';

const sensitivityInput = z.strictObject({
  parameters: z.array(z.string().min(1)).min(1).max(8).describe('names, each once'),
  trials: z
    .array(
      z.strictObject({
        values: z.array(z.number()).describe('one a parameter, in their order'),
        metric: z.number().describe('result of the trial, any unit'),
      }),
    )
    .min(1)
    .describe('grid: every combination of the levels once; scattered: at least 8, better 50'),
});

const sensitivityParams = z.strictObject({
  mode: z
    .enum(['grid', 'scattered'])
    .default('grid')
    .describe('grid: every combination of levels was tried; scattered: points anywhere'),
  direction: z.enum(['max', 'min']).default('max').describe('which metrics are good'),
  radius: z.int().min(1).default(1).describe('neighbourhood in grid steps in every parameter'),
  riskAversion: z.number().nonnegative().default(0).describe('deviations taken off the mean of a neighbourhood'),
  bins: z.int().min(2).max(20).optional().describe('scattered only; a tenth of the trials, 2..10, without'),
  ...chartParams,
});

type Input = z.output<typeof sensitivityInput>;
type Params = z.output<typeof sensitivityParams>;

/** Cells of a neighbourhood, and cells visited over all of them. */
const mostNeighbours = 1e5;
const mostVisits = 2e9;

const numbers = z.array(z.number());
const indexes = z.array(z.int());

/** The ranges and spacing of the levels are the input distribution: state them next to the shares. */
export const paramSensitivity = definePlugin({
  id: 'diag_param_sensitivity',
  category: 'diag',
  kind: 'pure',
  summary:
    'Which parameters the result depends on and whether the chosen point is a plateau or a spike: variance shares, what the neighbours of the best keep, the most robust point.',
  reference:
    'Sobol (1993); Saltelli et al. (2008), Global Sensitivity Analysis: The Primer, ch. 4; Hutter, Hoos & Leyton-Brown (2014), ICML; Plischke, Borgonovo & Smith (2013), EJOR 226; Pardo (2008), ch. 10',
  input: sensitivityInput,
  params: sensitivityParams,
  output: z.strictObject({
    mode: z.enum(['grid', 'scattered']),
    nTrials: z.int(),
    mean: z.number(),
    variance: z.number().describe('ddof 0'),
    best: z.strictObject({ index: indexes.optional(), values: numbers, metric: z.number() }),
    sensitivity: z.array(
      z.strictObject({
        name: z.string(),
        firstOrder: z.number().describe('share of the variance that it explains alone'),
        total: z.number().optional().describe('with all interactions (grid)'),
        marginal: numbers.optional().describe('mean metric a level (grid)'),
        corrected: z.number().optional().describe('firstOrder less what bins explain by chance (scattered)'),
        spearman: z.number().optional().describe('of what is to be maximised (scattered)'),
        spearmanP: z.number().optional(),
      }),
    ),
    interactions: z.array(z.strictObject({ a: z.string(), b: z.string(), share: z.number() })).optional(),
    neighbourhood: z
      .strictObject({
        radius: z.int(),
        count: z.int(),
        mean: z.number(),
        median: z.number(),
        min: z.number().describe('smallest metric, whatever the direction'),
        sd: z.number().optional().describe('ddof 1'),
        retention: z.number().optional().describe('median / best; below 0.5 the best is a spike'),
        peakZ: z.number().optional().describe('above 3 the best is a spike'),
      })
      .optional()
      .describe('of the best point (grid)'),
    robust: z
      .strictObject({ index: indexes, values: numbers, metric: z.number(), smoothed: z.number() })
      .optional()
      .describe('the point to take (grid)'),
    plot: z.strictObject({
      tornado: z
        .array(z.strictObject({ name: z.string(), firstOrder: z.number(), total: z.number().optional() }))
        .describe('largest share first'),
      heatmap: z
        .strictObject({ x: z.string(), y: z.string(), xLevels: numbers, yLevels: numbers, mean: z.array(numbers) })
        .optional()
        .describe('mean metric over the two parameters with the largest totals, a row a level of y'),
      line: z
        .strictObject({ name: z.string(), levels: numbers, mean: numbers })
        .optional()
        .describe('of one parameter'),
    }),
    ...chartOutputs,
  }),
  example: {
    input: {
      parameters: ['lookback', 'threshold'],
      trials: [
        { values: [10, 0.5], metric: 0.4 },
        { values: [10, 1], metric: 0.6 },
        { values: [10, 1.5], metric: 0.5 },
        { values: [10, 2], metric: 0.3 },
        { values: [20, 0.5], metric: 0.7 },
        { values: [20, 1], metric: 1.1 },
        { values: [20, 1.5], metric: 1 },
        { values: [20, 2], metric: 0.6 },
        { values: [30, 0.5], metric: 0.5 },
        { values: [30, 1], metric: 0.9 },
        { values: [30, 1.5], metric: 1.4 },
        { values: [30, 2], metric: 0.2 },
      ],
    },
    params: { mode: 'grid', direction: 'max', radius: 1, riskAversion: 0 },
  },
  compute: (input, params) => {
    refuseBadTrials(input);
    return params.mode === 'grid' ? overGrid(input, params) : overScatter(input, params);
  },
});

function refuseBadTrials({ parameters, trials }: Input): void {
  parameters.forEach((name, index) => {
    if (parameters.indexOf(name) !== index) refuse(`input.parameters[${index}]`, 'twice', 'names that differ', name);
  });
  trials.forEach(({ values }, index) => {
    if (values.length !== parameters.length) {
      const path = `input.trials[${index}].values`;
      refuse(path, 'not a value a parameter', `${parameters.length} values`, `${values.length}`);
    }
  });
}

/** Everything works on what is to be maximised; metrics are turned back where they are given out. */
const signOf = ({ direction }: Params): 1 | -1 => (direction === 'max' ? 1 : -1);

/** Without -0, which JSON loses. */
const turned = (value: number, sign: number): number => value * sign + 0;

function overGrid({ parameters, trials }: Input, params: Params) {
  const { radius, riskAversion, theme } = params;
  const sign = signOf(params);
  const grid = gridOf(parameters, trials, ({ metric }) => metric * sign);
  refuseWideRadius(grid, radius);
  const shares = varianceShares(grid);
  const best = pointAt(grid, bestOf(grid.outcomes), sign);
  const { range, ...around } = surroundings(grid, bestOf(grid.outcomes), radius);
  const found = mostRobust(grid, radius, riskAversion);
  const robust = { ...pointAt(grid, found.cell, sign), smoothed: turned(found.smoothed, sign) };
  const plot = gridPlot(grid, shares, sign);
  return {
    mode: params.mode,
    nTrials: trials.length,
    mean: turned(shares.mean, sign),
    variance: shares.variance,
    best,
    sensitivity: shares.sensitivity.map((row) => ({
      ...row,
      marginal: row.marginal.map((value) => turned(value, sign)),
    })),
    interactions: [...shares.interactions],
    neighbourhood: {
      radius,
      ...around,
      mean: turned(around.mean, sign),
      median: turned(around.median, sign),
      min: sign === 1 ? range[0] : turned(range[1], sign),
    },
    robust,
    plot,
    vegaLite: sensitivityChart(plot, {
      best: named(parameters, best.values),
      bestMetric: best.metric,
      robust: named(parameters, robust.values),
      theme,
    }),
  };
}

function refuseWideRadius({ levels, outcomes }: Grid, radius: number): void {
  const box = (2 * radius + 1) ** levels.length;
  if (box > mostNeighbours) {
    refuse(
      'params.radius',
      'too many neighbours',
      `(2 radius + 1)^${levels.length} at most ${mostNeighbours}`,
      `${box}`,
    );
  }
  const inside = levels.reduce((product, { length }) => product * Math.min(length, 2 * radius + 1), 1);
  if (inside * outcomes.length > mostVisits) {
    refuse('params.radius', 'too much work', `cells x neighbours at most ${mostVisits}`, `${inside * outcomes.length}`);
  }
}

function pointAt(grid: Grid, cell: number, sign: number) {
  const index = indexOf(grid, cell);
  return {
    index,
    values: index.map((level, i) => grid.levels[i][level]),
    metric: turned(grid.outcomes[cell], sign),
  };
}

const named = (names: readonly string[], values: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));

function gridPlot(grid: Grid, { sensitivity }: Shares, sign: number) {
  const order = grid.names.map((_, i) => i).toSorted((a, b) => sensitivity[b].total - sensitivity[a].total || a - b);
  const tornado = order.map((i) => {
    const { name, firstOrder, total } = sensitivity[i];
    return { name, firstOrder, total };
  });
  const [x, y] = order;
  if (y === undefined) {
    const levels = [...grid.levels[0]];
    return { tornado, line: { name: grid.names[0], levels, mean: [...grid.outcomes].map((v) => turned(v, sign)) } };
  }
  const means = cellMeans(grid, [y, x]);
  const width = grid.levels[x].length;
  const heatmap = {
    x: grid.names[x],
    y: grid.names[y],
    xLevels: [...grid.levels[x]],
    yLevels: [...grid.levels[y]],
    mean: grid.levels[y].map((_, j) => [...means.subarray(j * width, (j + 1) * width)].map((v) => turned(v, sign))),
  };
  return { tornado, heatmap };
}

function overScatter({ parameters, trials }: Input, params: Params) {
  const count = trials.length;
  if (count < 8) refuse('input.trials', 'too few for shares', 'at least 8 trials', `${count}`);
  const bins = params.bins ?? Math.max(2, Math.min(10, Math.floor(count / 10)));
  if (bins > Math.floor(count / 2)) refuse('params.bins', 'too many', `at most ${Math.floor(count / 2)}`, bins);
  const sign = signOf(params);
  const outcomes = Float64Array.from(trials, ({ metric }) => metric * sign);
  if (outcomes.every((outcome) => outcome === outcomes[0])) {
    refuse('input.trials', 'all metrics are equal', 'metrics that differ', trials[0].metric);
  }
  const sensitivity = parameters.map((name, i) => {
    const values = Float64Array.from(trials, (trial) => trial.values[i]);
    return { name, ...binnedShare(values, outcomes, bins), ...rankCorrelation(values, outcomes) };
  });
  const centre = mean(outcomes);
  const { values, metric } = trials[bestOf(outcomes)];
  const plot: SensitivityPlot = {
    tornado: sensitivity
      .map(({ name, firstOrder }) => ({ name, firstOrder }))
      .toSorted((a, b) => b.firstOrder - a.firstOrder),
  };
  return {
    mode: params.mode,
    nTrials: count,
    mean: turned(centre, sign),
    variance: outcomes.reduce((sum, outcome) => sum + (outcome - centre) ** 2, 0) / count,
    best: { values, metric },
    sensitivity,
    plot: { tornado: [...plot.tornado] },
    vegaLite: sensitivityChart(plot, {
      best: named(parameters, values),
      bestMetric: metric,
      theme: params.theme,
    }),
  };
}

import { quantileSorted } from '../../core/math/quantile.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { pathsOf } from '../../core/validation/statistics/cross-validation.ts';
import { combinations } from '../../core/validation/statistics/cscv.ts';
import { refuse } from '../refuse.ts';

export type CpcvSettings = Readonly<{
  nGroups: number;
  nTestGroups: number;
  embargoBars: number;
  minTrainBars: number;
  /** Last bar on which each row depends. */
  labelEnd: readonly number[];
}>;

type Split = Readonly<{ test: number[]; selected: number; trainSize: number; purged: number; train: number[] }>;

/**
 * Combinatorial purged cross-validation of "take the best on train, trade it on test": each choice of test groups once,
 * then the paths that cover every group once. Lopez de Prado (2018), Advances in Financial Machine Learning, 7.4, ch. 12.
 *
 * @param columns returns a bar, one array a configuration
 */
export function cpcvPaths(columns: readonly Float64Array[], settings: CpcvSettings) {
  const { nGroups, nTestGroups } = settings;
  const edges = groupEdges(columns[0].length, nGroups);
  const splits = [...combinations(nGroups, nTestGroups)].map((test, index) => {
    const { train, purged } = trainRows(test, edges, settings);
    if (train.length < settings.minTrainBars) refuseShortTrain(index, test, train.length, settings.minTrainBars);
    const selected = bestColumn(columns, train);
    return { test, selected, trainSize: train.length, purged, train } satisfies Split;
  });
  const paths = pathsOf(
    nGroups,
    splits.map(({ test }) => ({ testFolds: test })),
  );
  const returns = paths.map((path) => {
    const joined = new Float64Array(columns[0].length);
    path.forEach((split, group) => {
      const [from, to] = [edges[group], edges[group + 1]];
      joined.set(columns[splits[split].selected].subarray(from, to), from);
    });
    return joined;
  });
  const sharpes = returns.map((values) => sharpeOf(values));
  const summary = {
    splits,
    paths: paths.length,
    pathSharpe: sharpes,
    meanPathSharpe: mean(sharpes),
    ...(sharpes.length > 1 && { sdPathSharpe: sampleDeviation(sharpes) }),
    q05PathSharpe: quantileSorted(
      sharpes.toSorted((a, b) => a - b),
      0.05,
    ),
    shareNegative: sharpes.filter((sharpe) => sharpe < 0).length / sharpes.length,
  };
  return { summary, returns };
}

/** First rows of the groups and the end: sizes differ by at most one, the longer ones first (numpy.array_split). */
function groupEdges(rows: number, groups: number): number[] {
  return Array.from({ length: groups + 1 }, (_, group) => {
    const longer = Math.min(group, rows % groups);
    return group * Math.floor(rows / groups) + longer;
  });
}

/** Rows that are neither tested, nor overlap a tested row's label, nor follow a test group within the embargo. */
function trainRows(test: readonly number[], edges: readonly number[], { labelEnd, embargoBars }: CpcvSettings) {
  const count = labelEnd.length;
  const state = new Uint8Array(count); // 0 train, 1 test, 2 dropped
  for (const group of test) state.fill(1, edges[group], edges[group + 1]);
  for (const group of test) {
    const first = edges[group];
    let last = 0;
    for (let t = first; t < edges[group + 1]; t++) last = Math.max(last, labelEnd[t]);
    for (let t = 0; t < count; t++) {
      const overlaps = t <= last && labelEnd[t] >= first;
      const embargoed = t > last && t <= last + embargoBars;
      if (state[t] === 0 && (overlaps || embargoed)) state[t] = 2;
    }
  }
  const train: number[] = [];
  let purged = 0;
  state.forEach((kind, t) => {
    if (kind === 0) train.push(t);
    else if (kind === 2) purged++;
  });
  return { train, purged };
}

function refuseShortTrain(split: number, test: readonly number[], size: number, least: number): never {
  const message = `split ${split} (test groups ${test.join(', ')}) has too little to train on; lower embargoBars, nTestGroups or the holding period`;
  refuse('params.minTrainBars', message, `at least ${least} rows`, `${size}`);
}

function bestColumn(columns: readonly Float64Array[], rows: readonly number[]): number {
  const picked = new Float64Array(rows.length);
  let best = 0;
  let highest = -Infinity;
  columns.forEach((column, index) => {
    for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i]];
    const sharpe = sharpeOf(picked);
    if (sharpe > highest) [best, highest] = [index, sharpe];
  });
  return best;
}

/** mean / sd (ddof 1); 0 where nothing varies or there are fewer than two values. */
export function sharpeOf(values: Float64Array): number {
  if (values.length < 2 || values.every((value) => value === values[0])) return 0;
  const deviation = sampleDeviation(values);
  return deviation > 0 ? mean(values) / deviation : 0;
}

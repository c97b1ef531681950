import { quantileSorted } from '../../core/math/quantile.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { foldSpans, type Labels, pathsOf, trainRows } from '../../core/validation/statistics/cross-validation.ts';
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
  const { nGroups, nTestGroups, embargoBars: embargo } = settings;
  const observations = columns[0].length;
  const groups = foldSpans(observations, nGroups, 'first');
  const labels = labelsOf(settings.labelEnd);
  const splits = [...combinations(nGroups, nTestGroups)].map((test, index) => {
    const tests = test.map((group) => groups[group]);
    const { train, purged } = trainRows({ observations, tests, labels, embargo });
    if (train.length < settings.minTrainBars) refuseShortTrain(index, test, train.length, settings.minTrainBars);
    const selected = bestColumn(columns, train);
    return { test, selected, trainSize: train.length, purged, train } satisfies Split;
  });
  const paths = pathsOf(
    nGroups,
    splits.map(({ test }) => ({ testFolds: test })),
  );
  const returns = paths.map((path) => {
    const joined = new Float64Array(observations);
    path.forEach((split, group) => {
      const { from, to } = groups[group];
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

const labelsOf = (ends: readonly number[]): Labels => ({
  endOf: (row) => ends[row],
  longest: ends.reduce((most, end, row) => Math.max(most, end - row), 0),
});

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

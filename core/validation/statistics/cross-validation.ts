import { combinations } from './cscv.ts';
import { refuse, requireNumber } from './require.ts';

/** Observations from `from` (included) to `to` (excluded), by index. */
export type Span = Readonly<{ from: number; to: number }>;

export type PurgeInput = Readonly<{
  observations: number;
  /** Test spans, ascending and apart. */
  tests: readonly Span[];
  /** Observations left out on both sides of a test span: their labels overlap it. */
  purge?: number;
  /** Left out in addition after each test span. */
  embargo?: number;
}>;

/**
 * What may be trained on beside the given test spans. Lopez de Prado (2018), Advances in Financial Machine Learning,
 * ch. 7; counts as skfolio's CombinatorialPurgedCV.
 */
export function purge(input: PurgeInput): Readonly<{ train: readonly number[] }> {
  const { observations, tests, purge: purged = 0, embargo = 0 } = input;
  requireNumber('observations', observations, { min: 2, max: 10_000_000, integer: true });
  requireNumber('purge', purged, { min: 0, max: observations, integer: true });
  requireNumber('embargo', embargo, { min: 0, max: observations, integer: true });
  tests.forEach(({ from, to }, index) => {
    requireNumber(`tests[${index}].from`, from, {
      min: index > 0 ? tests[index - 1].to : 0,
      max: observations - 1,
      integer: true,
    });
    requireNumber(`tests[${index}].to`, to, { min: from + 1, max: observations, integer: true });
  });
  const labels: Labels = { endOf: (row) => row + purged, longest: purged };
  const { train } = trainRows({ observations, tests, labels, embargo });
  return { train };
}

/** What each observation depends on: its last row, and how many rows after its own that is at most. */
export type Labels = Readonly<{ endOf: (row: number) => number; longest: number }>;

type Purging = Readonly<{ observations: number; tests: readonly Span[]; labels: Labels; embargo: number }>;

/**
 * Rows to train on: neither tested, nor of a label that overlaps one of a test span, nor within the embargo after the
 * last of these. `purged`: how many the last two left out. Lopez de Prado (2018), 7.4.
 */
export function trainRows({ observations, tests, labels, embargo }: Purging) {
  const state = new Uint8Array(observations); // 0 train, 1 test, 2 left out
  for (const { from, to } of tests) {
    let last = from;
    for (let row = from; row < to; row++) last = Math.max(last, labels.endOf(row));
    for (let row = Math.max(0, from - labels.longest); row < from; row++) if (labels.endOf(row) >= from) state[row] = 2;
    state.fill(2, from, Math.min(observations, last + embargo + 1));
  }
  for (const { from, to } of tests) state.fill(1, from, to);
  const train: number[] = [];
  let purged = 0;
  state.forEach((kind, row) => {
    if (kind === 0) train.push(row);
    else if (kind === 2) purged++;
  });
  return { train, purged };
}

export type CpcvInput = Readonly<{
  observations: number;
  folds: number;
  testFolds: number;
  purge?: number;
  embargo?: number;
}>;

export type CpcvSplit = Readonly<{ testFolds: readonly number[]; tests: readonly Span[]; train: readonly number[] }>;

export type Cpcv = Readonly<{
  /** In lexicographic order of the test folds. */
  splits: readonly CpcvSplit[];
  /** Each path covers every fold once; entry f is the split that tests fold f on this path. */
  paths: readonly (readonly number[])[];
}>;

/**
 * Combinatorial purged cross-validation: every choice of `testFolds` of `folds` folds is tested once, which gives
 * (k/N) C(N,k) complete out-of-sample paths. Lopez de Prado (2018), ch. 12. At most 10,000 splits.
 */
export function cpcv(input: CpcvInput): Cpcv {
  const { observations, folds, testFolds } = input;
  requireNumber('observations', observations, { min: 2, max: 10_000_000, integer: true });
  requireNumber('folds', folds, { min: 2, max: Math.min(observations, 100), integer: true });
  requireNumber('testFolds', testFolds, { min: 1, max: folds - 1, integer: true });
  const count = binomial(folds, testFolds);
  if (count > 10_000) refuse('testFolds', 'too many splits', 'at most 10,000', `${count}`);
  const spans = foldSpans(observations, folds, 'last');
  const splits = [...combinations(folds, testFolds)].map((chosen) => {
    const tests = chosen.map((fold) => spans[fold]);
    const { train } = purge({ observations, tests, purge: input.purge ?? 0, embargo: input.embargo ?? 0 });
    if (train.length === 0) {
      const found = `purge ${input.purge ?? 0} and embargo ${input.embargo ?? 0} of ${observations}`;
      refuse('purge', 'leaves nothing to train on', 'less than what lies between the test folds', found);
    }
    return { testFolds: chosen, tests, train };
  });
  return { splits, paths: pathsOf(folds, splits) };
}

/** Paths through every fold once: on path j fold f is tested by the j-th split that tests it; entries are splits. */
export function pathsOf(folds: number, splits: readonly Readonly<{ testFolds: readonly number[] }>[]): number[][] {
  const testing = Array.from({ length: folds }, (_, fold) =>
    splits.flatMap(({ testFolds }, index) => (testFolds.includes(fold) ? [index] : [])),
  );
  return testing[0].map((_, path) => testing.map((indexes) => indexes[path]));
}

/**
 * Consecutive folds of floor(n / folds). The remainder goes to the last one, as skfolio's, or one row each to the first
 * ones, as numpy.array_split's.
 */
export function foldSpans(observations: number, folds: number, remainder: 'last' | 'first'): Span[] {
  const size = Math.floor(observations / folds);
  const rest = observations % folds;
  const start = (fold: number) => {
    if (remainder === 'first') return fold * size + Math.min(fold, rest);
    return fold === folds ? observations : fold * size;
  };
  return Array.from({ length: folds }, (_, fold) => ({ from: start(fold), to: start(fold + 1) }));
}

/** Ways to choose k of n. */
export const binomial = (n: number, k: number) =>
  Math.round(Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((product, factor) => product * factor, 1));

export type WalkForwardInput = Readonly<{
  observations: number;
  /** Test windows, of equal length; what is left over goes to the first training stretch. */
  windows: number;
  /** Length of a training stretch in test windows: rolling; absent: anchored at the start. Default rolling of 2. */
  trainWindows?: number;
  anchored?: boolean;
  purge?: number;
}>;

export type WalkForwardWindow = Readonly<{ train: Span; test: Span }>;

/**
 * Train, then test on what comes next, then move on by one test window. Pardo (2008), The Evaluation and Optimization
 * of Trading Strategies, ch. 11. Test windows are adjacent and end with the last observation.
 */
export function walkForwardWindows(input: WalkForwardInput): Readonly<{ windows: readonly WalkForwardWindow[] }> {
  const { observations, windows, trainWindows = 2, anchored = false, purge: purged = 0 } = input;
  requireNumber('observations', observations, { min: 2, max: 10_000_000, integer: true });
  requireNumber('windows', windows, { min: 1, max: 1_000, integer: true });
  requireNumber('trainWindows', trainWindows, { min: 1, max: 1_000, integer: true });
  const length = Math.floor(observations / (windows + trainWindows));
  if (length < 1) refuse('observations', 'too few', `at least ${windows + trainWindows}`, `${observations}`);
  requireNumber('purge', purged, { min: 0, max: trainWindows * length - 1, integer: true });
  return {
    windows: Array.from({ length: windows }, (_, index) => {
      const from = observations - (windows - index) * length;
      const trainFrom = anchored || index === 0 ? 0 : from - trainWindows * length;
      return { train: { from: Math.max(0, trainFrom), to: from - purged }, test: { from, to: from + length } };
    }),
  };
}

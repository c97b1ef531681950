import { expectedMaxOfNormals } from './expected-max-sharpe.ts';
import { meanPairwiseCorrelation } from './pairwise-correlation.ts';
import { probabilisticSharpe } from './probabilistic-sharpe.ts';
import { refuse, requireMatrix, requireNumber, requireSeries } from './require.ts';

export type DeflatedSharpeInput = Readonly<{
  /** Returns a period of the chosen strategy. */
  returns: readonly number[];
  /** Sharpe ratios (a period) of all trials; or `trials` and `sharpeVariance`. */
  trialSharpes?: readonly number[];
  trials?: number;
  /** Variance (ddof 1) of the trials' Sharpe ratios a period. */
  sharpeVariance?: number;
  /**
   * Rows = time, columns = trials, or a sample of them: their mean correlation gives what the number of trials is worth
   * in independent ones.
   */
  trialReturns?: readonly (readonly number[])[];
}>;

export type DeflatedSharpe = Readonly<{ dsr: number; expectedMaxSharpe: number; effectiveTrials?: number }>;

/**
 * Probability that the true Sharpe ratio is above what the best of so many worthless trials would show by luck:
 * PSR against SR0 = sqrt(V) E[max_N]. With `trialReturns` N = r + (1 - r) M: M the number of trials, r the mean
 * correlation of the columns.
 * Bailey & Lopez de Prado (2014), Journal of Portfolio Management 40(5).
 */
export function deflatedSharpe(input: DeflatedSharpeInput): DeflatedSharpe {
  const { count, variance } = trialsOf(input);
  const effectiveTrials = input.trialReturns && independentOf(count, input.trialReturns);
  const expectedMaxSharpe = Math.sqrt(variance) * expectedMaxOfNormals(effectiveTrials ?? count);
  const { psr } = probabilisticSharpe({ returns: input.returns, benchmarkSharpe: expectedMaxSharpe });
  return { dsr: psr, expectedMaxSharpe, ...(effectiveTrials !== undefined && { effectiveTrials }) };
}

/** A sample of the trials tells how they correlate; how many there are, it does not. */
function independentOf(count: number, trialReturns: readonly (readonly number[])[]): number {
  requireMatrix('trialReturns', trialReturns, { rows: 3, columns: count > 1 ? 2 : 1 });
  const columns = trialReturns[0].length;
  if (columns > count) refuse('trialReturns', 'more columns than trials', `at most ${count}`, `${columns}`);
  return count === 1 ? 1 : effectiveTrialsOf(count, meanPairwiseCorrelation(trialReturns));
}

function trialsOf({ trialSharpes, trials, sharpeVariance }: DeflatedSharpeInput): { count: number; variance: number } {
  if (trialSharpes !== undefined) {
    const other = trials === undefined ? 'sharpeVariance' : 'trials';
    if (trials !== undefined || sharpeVariance !== undefined) {
      refuse(other, 'given beside trialSharpes', 'trialSharpes, or trials and sharpeVariance', 'both');
    }
    requireSeries('trialSharpes', trialSharpes, { atLeast: 2 });
    return { count: trialSharpes.length, variance: sampleVariance(trialSharpes) };
  }
  if (trials === undefined || sharpeVariance === undefined) {
    refuse('trialSharpes', 'missing', 'trialSharpes, or trials and sharpeVariance', 'neither');
  }
  requireNumber('trials', trials, { min: 1, max: Number.MAX_SAFE_INTEGER });
  requireNumber('sharpeVariance', sharpeVariance, { min: 0 });
  return { count: trials, variance: sharpeVariance };
}

/**
 * Independent trials that M correlated ones are worth: N = r + (1 - r) M with r the mean pairwise correlation, held
 * to 0..1. Bailey & Lopez de Prado (2014), appendix A.3. Columns without spread correlate with nothing (0).
 */
export function effectiveNumberOfTrials(rows: readonly (readonly number[])[]): number {
  requireMatrix('trialReturns', rows, { rows: 3, columns: 1 });
  const columns = rows[0].length;
  if (columns === 1) return 1;
  return effectiveTrialsOf(columns, meanPairwiseCorrelation(rows));
}

/**
 * Independent trials that `trials` of this mean pairwise correlation are worth: N = r + (1 - r) M, r held to 0..1; never
 * more than there are. Bailey & Lopez de Prado (2014), appendix A.3.
 */
export function effectiveTrialsOf(trials: number, meanCorrelation: number): number {
  const r = Math.min(1, Math.max(0, meanCorrelation));
  return Math.min(trials, r + (1 - r) * trials);
}

function sampleVariance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

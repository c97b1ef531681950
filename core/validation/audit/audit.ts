import { expectedMaxOfNormals } from '../statistics/expected-max-sharpe.ts';
import { blockLength } from '../statistics/block-length.ts';
import { bootstrapMean } from '../statistics/bootstrap-mean.ts';
import { minTrackRecord } from '../statistics/min-track-record.ts';
import { probabilisticSharpe } from '../statistics/probabilistic-sharpe.ts';
import { requireNumber, requireSeries } from '../statistics/require.ts';
import { annualSharpe } from './annual-sharpe.ts';
import { type DrawdownRisk, drawdownRisk } from './drawdown-risk.ts';
import { judgementOf } from './judgement.ts';
import type { Observations } from './observations.ts';

export type AuditRules = Readonly<{
  /** Strategies, parameters and edits that were tried before this one was shown, itself included. */
  trials: number;
  seed: number;
  confidence: number;
  runs: number;
}>;

/** What a track record is worth. Returns are fractions; `annual` figures are over 365 days. */
export type Audit = Readonly<{
  observations: number;
  unit: Observations['unit'];
  perYear: number;
  years: number;
  totalReturn: number;
  sharpe: Readonly<{
    /** Mean / standard deviation (ddof 1) a period, and times the square root of the periods a year. */
    perPeriod: number;
    annual: number;
    /** Allowing for autocorrelation (Lo 2002); null where it leaves no variance. */
    autocorrelationCorrected: number | null;
  }>;
  skew: number;
  /** Not in excess: 3 for a normal sample. */
  kurtosis: number;
  /** Probability that the true Sharpe ratio is above 0. */
  psr: number;
  trials: number;
  /** Annual Sharpe ratio that the best of so many worthless trials is expected to show. */
  luckySharpe: number;
  /** Probability that the true Sharpe ratio is above that. */
  dsr: number;
  /** Record that shows the Sharpe ratio to be above 0, and above luck, at the confidence; null where it is not. */
  minTrackRecord: Readonly<{ observations: number | null; years: number | null; aboveLuckYears: number | null }>;
  /** Interval of the mean return a period (stationary bootstrap) and its one-sided p of a mean of 0 or less. */
  bootstrap: Readonly<{
    mean: number;
    low: number;
    high: number;
    pValue: number;
    blockLength: number;
    confidence: number;
  }>;
  drawdown: DrawdownRisk;
  judgement: string;
}>;

/** Fewer returns say nothing about anything. */
const fewest = 10;

/** More than so many would take minutes to resample. */
const most = 200_000;

/**
 * Audits a series of returns. Sharpe ratios of worthless trials are taken to spread by 1 / sqrt(T - 1), what chance alone
 * gives: of strangers' trials nothing else is known. Same input, same bytes.
 */
export function audit({ unit, returns, perYear }: Observations, rules: AuditRules): Audit {
  requireSeries('returns', returns, { atLeast: fewest, varying: true });
  requireNumber('observations', returns.length, { max: most });
  requireNumber('--trials', rules.trials, { min: 1, max: 1e9 });
  requireNumber('--periods-per-year', perYear, { min: 1e-3, max: 1e8 });
  const { confidence, seed, runs } = rules;
  const year = Math.sqrt(perYear);
  const count = returns.length;
  const { sharpe, skew, kurtosis, psr } = probabilisticSharpe({ returns });
  const lucky = expectedMaxOfNormals(rules.trials) / Math.sqrt(count - 1);
  const { psr: dsr } = probabilisticSharpe({ returns, benchmarkSharpe: lucky });
  const length = Math.max(1, blockLength({ returns }).stationary);
  const needed = (benchmarkSharpe: number) =>
    sharpe > benchmarkSharpe ? minTrackRecord({ returns, benchmarkSharpe, confidence }).observations : null;
  const yearsOf = (observations: number | null) => (observations === null ? null : observations / perYear);
  const numbers = {
    observations: count,
    unit,
    perYear,
    years: count / perYear,
    totalReturn: returns.reduce((equity, value) => equity * (1 + value), 1) - 1,
    sharpe: {
      perPeriod: sharpe,
      annual: sharpe * year,
      autocorrelationCorrected: annualSharpe(returns, perYear) ?? null,
    },
    skew,
    kurtosis,
    psr,
    trials: rules.trials,
    luckySharpe: lucky * year,
    dsr,
    minTrackRecord: {
      observations: needed(0),
      years: yearsOf(needed(0)),
      aboveLuckYears: yearsOf(needed(lucky)),
    },
    bootstrap: {
      ...bootstrapMean({ returns, blockSize: length, reps: runs, seed, confidence }),
      blockLength: length,
      confidence,
    },
    drawdown: drawdownRisk(returns, { runs, seed, blockLength: length }),
  };
  return { ...numbers, judgement: judgementOf(numbers) };
}

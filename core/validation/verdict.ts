import type { Metrics } from '../backtest/types.ts';
import type { OverriddenThreshold } from './thresholds.ts';

export const tiers = ['L0', 'L1', 'L2', 'L3'] as const;
export type Tier = (typeof tiers)[number];

export type VerdictStatus = 'PASS' | 'FAIL' | 'TIMEOUT' | 'ERROR';

/** The test half of a gate: its statistic, p-value and the error rate it is held to. */
export type GateTest = Readonly<{ name: string; statistic?: number; pValue: number; alpha: number; power?: number }>;

/** One row of a verdict. `threshold` is printed as it is compared, e.g. "> 10". */
export type Gate = Readonly<{
  name: string;
  /** Absent when it could not be computed; `note` then says why and the gate does not pass. */
  value?: number;
  threshold: string;
  passed: boolean;
  /** Passed, but under what is wanted; too many of these fail a verdict. */
  marginal?: boolean;
  test?: GateTest;
  fixable: boolean;
  /** Failure taxonomy name (skill 2), e.g. signal_frequency_low; set whether or not the gate passed. */
  errorType: string;
  note?: string;
  /** Has no vote: there was nothing to check. */
  informs?: true;
}>;

/** A stretch of history that was used: open time of the first bar and of the last, epoch ms UTC. */
export type Window = Readonly<{ name: string; fromMs: number; toMs: number; bars: number; note?: string }>;

/** Why a strategy stopped, for routing: fixable ones go to auto-retry. */
export type FailureCategory = Readonly<{ errorType: string; fixable: boolean; message: string }>;

/** The family has seen its holdout, or has it open elsewhere: the last tier does not look a second time. */
export const holdoutSeenType = 'holdout_seen';
/** The last tier was asked of a strategy that has not passed the ones before. */
export const tiersMissingType = 'tiers_missing';

/** What a tier says of a strategy. Same inputs, same bytes: no clock, no durations in it. */
export type Verdict = Readonly<{
  strategyId: string;
  tier: Tier;
  status: VerdictStatus;
  gates: readonly Gate[];
  metrics: Metrics;
  trials: Readonly<{ ownRun: number; total: number }>;
  windows: readonly Window[];
  /** SHA-256 of the float64 columns used. */
  dataHash: string;
  /** SHA-256 of the normalised tree with its parameters. */
  strategyHash: string;
  codeVersion: string;
  /**
   * Of the last tier only: SHA-256 of all that the verdict depends on but the ledger (strategy, bars, thresholds, code).
   * Who asks the same again gets this verdict again.
   */
  inputsHash?: string;
  seed: number;
  failures: readonly FailureCategory[];
  /** Thresholds that were put in place of the desk's for this strategy, and why. */
  overrides?: Readonly<{ reason: string; thresholds: readonly OverriddenThreshold[] }>;
  warnings: readonly string[];
}>;

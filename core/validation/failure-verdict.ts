import type { ErrorCode, ErrorDocument } from '../errors.ts';
import { errorLine } from '../errors.ts';
import type { JobStage } from '../ports/validation-compute.ts';
import type { FailureCategory, Gate, Tier, Verdict, VerdictStatus } from './verdict.ts';
import { seedOf } from './seed.ts';

/** What is known of a strategy when its validation ends without numbers. */
export type UnfinishedValidation = Readonly<{
  strategyId: string;
  tier: Tier;
  strategyHash: string;
  codeVersion: string;
  trialsBefore: number;
}>;

type Reason = Readonly<{ status: VerdictStatus; errorType: string; fixable: boolean }>;

const noData: Reason = { status: 'FAIL', errorType: 'data_unavailable', fixable: false };
const badData: Reason = { status: 'ERROR', errorType: 'data_quality_warning', fixable: true };
const timeout: Reason = { status: 'TIMEOUT', errorType: 'timeout', fixable: true };
/** The type whose remedy is to check the signals, with look-ahead tests. */
const leaking: Reason = { status: 'ERROR', errorType: 'win_rate_suspicious', fixable: true };
const unknown: Reason = { status: 'ERROR', errorType: 'unknown', fixable: false };

const ofData: Readonly<Partial<Record<ErrorCode, Reason>>> = {
  BadInput: badData,
  DataUnavailable: noData,
  NotFound: noData,
};

/**
 * The verdict on a strategy whose validation ended in an error: bars that cannot be had are a FAIL that no fix helps,
 * bars that are refused an ERROR of their quality, a time limit a TIMEOUT, anything else (a leak, too) an ERROR.
 */
export function failureVerdict(
  { strategyId, tier, strategyHash, codeVersion, trialsBefore }: UnfinishedValidation,
  stage: JobStage,
  error: ErrorDocument,
): Verdict {
  const { status, errorType, fixable } = reasonOf(stage, error.code);
  const message = errorLine(error);
  const failure: FailureCategory = { errorType, fixable, message };
  const row: Gate = { name: 'data', threshold: 'bars of the window', passed: false, fixable, errorType, note: message };
  return {
    strategyId,
    tier,
    status,
    gates: status === 'FAIL' ? [row] : [],
    metrics: {},
    trials: { ownRun: 0, total: trialsBefore },
    windows: [],
    dataHash: '',
    strategyHash,
    codeVersion,
    seed: seedOf(strategyHash),
    failures: [failure],
    warnings: [],
  };
}

function reasonOf(stage: JobStage, code: ErrorCode): Reason {
  if (code === 'TimedOut') return timeout;
  if (stage === 'leaks' && code === 'BadInput') return leaking;
  return (stage === 'data' ? ofData[code] : undefined) ?? unknown;
}

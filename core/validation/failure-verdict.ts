import type { ErrorCode, ErrorDocument } from '../errors.ts';
import { errorLine } from '../errors.ts';
import type { JobStage } from '../ports/validation-compute.ts';
import { type Gate, tiers, tiersMissingType, type Tier, type Verdict, type VerdictStatus } from './verdict.ts';
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
/** Code that never fires cannot be looked at for leaks; more signals mend that. */
const silent: Reason = { status: 'FAIL', errorType: 'signal_frequency_low', fixable: true };
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
export function failureVerdict(facts: UnfinishedValidation, stage: JobStage, error: ErrorDocument): Verdict {
  const { status, errorType, fixable } = reasonOf(stage, error);
  const message = errorLine(error);
  const asked =
    stage === 'leaks'
      ? (['signals', 'a signal on at least one bar'] as const)
      : (['data', 'bars of the window'] as const);
  const [name, threshold] = asked;
  const row: Gate = { name, threshold, passed: false, fixable, errorType, note: message };
  return {
    ...emptyVerdict(facts),
    status,
    gates: status === 'FAIL' ? [row] : [],
    failures: [{ errorType, fixable, message }],
  };
}

/** The tiers before the last one that a strategy has not passed; none for the tiers before. */
export const missingTiers = (tier: Tier, passed: readonly Tier[]): readonly Tier[] =>
  tier === tiers.at(-1) ? tiers.slice(0, -1).filter((each) => !passed.includes(each)) : [];

/** The refusal of the last tier for what has not passed the others: it might open the holdout for nothing. */
export function missingTiersVerdict(facts: UnfinishedValidation, missing: readonly Tier[]): Verdict {
  const reason = { fixable: false, errorType: tiersMissingType };
  const note = `this very strategy has not passed ${missing.join(', ')} yet: nightdesk validate --through ${facts.tier}`;
  const row: Gate = { name: 'tiersBefore', threshold: tiers.slice(0, -1).join(', '), passed: false, ...reason, note };
  return { ...emptyVerdict(facts), status: 'FAIL', gates: [row], failures: [{ ...reason, message: note }] };
}

const emptyVerdict = ({ strategyId, tier, strategyHash, codeVersion, trialsBefore }: UnfinishedValidation) => ({
  strategyId,
  tier,
  gates: [],
  metrics: {},
  trials: { ownRun: 0, total: trialsBefore },
  windows: [],
  dataHash: '',
  strategyHash,
  codeVersion,
  seed: seedOf(strategyHash),
  warnings: [],
});

function reasonOf(stage: JobStage, { code, path }: ErrorDocument): Reason {
  if (code === 'TimedOut') return timeout;
  if (stage === 'leaks' && code === 'BadInput') return path === 'signals' ? silent : leaking;
  return (stage === 'data' ? ofData[code] : undefined) ?? unknown;
}

import type { QueueStatus } from '../validation/queue.ts';
import type { Escalation, RunAlert, RunMetrics, RunSummary, StrategyOutcome } from '../validation/run.ts';
import type { FamilyHistory } from '../validation/family-history.ts';
import type { Tier, Verdict } from '../validation/verdict.ts';
import type { Learning, LearningNote } from './learnings.ts';
import type { OpenedElsewhere, TrialEvidence, TrialLedger } from './trial-ledger.ts';

/** A strategy file that passed its checks. */
export type StrategyRecord = Readonly<{
  strategyId: string;
  name: string;
  file: string;
  strategyHash: string;
  /** Shape of the idea (core/strategy/family.ts): strategies of one shape are one family. */
  shape: string;
  /** Id of the strategy that it descends from: one family with it, too. */
  parent?: string;
}>;

export type QueueEntry = Readonly<{
  strategyId: string;
  name: string;
  status: QueueStatus;
  /** Why, where the status alone does not say it; empty otherwise. */
  reason: string;
  /** The run that set the status; empty before the first one. */
  runId: string;
  changedMs: number;
}>;

/** What the run will do, written once before its first strategy starts. */
export type RunStart = Readonly<{
  runId: string;
  tier: Tier;
  workflowId: string;
  /** Temporal's id of the workflow's first execution: tells two runs apart that were given one `runId`. */
  executionId: string;
  codeVersion: string;
  startedMs: number;
  /** Who asked, for the trial ledger. */
  askedBy: string;
  strategies: readonly StrategyRecord[];
}>;

export type RunState = 'running' | 'escalated' | 'done' | 'cancelled';

export type RunRecord = Readonly<{
  runId: string;
  tier: Tier;
  workflowId: string;
  executionId: string;
  codeVersion: string;
  state: RunState;
  startedMs: number;
  askedBy: string;
  strategies: number;
  /** How many were QUEUED when the run began. */
  queuedBefore: number;
  finishedMs?: number;
  summary?: RunSummary;
  metrics?: RunMetrics;
  alerts: readonly RunAlert[];
  escalation?: Escalation;
}>;

/** Names one strategy's part of a run; whatever is written under it is written once. */
export type ValidationKey = Readonly<{ runId: string; strategyId: string; tier: Tier }>;

/** What a validation needs to know before it starts, fixed when the run began. */
export type ValidationStart = Readonly<{
  strategy: StrategyRecord;
  /** Trials that the strategy's family had spent when the run began. */
  trialsBefore: number;
  /** What the ledger knew of the family when the strategy's validation first began. */
  history: FamilyHistory;
  /** Set when another attempt got here first. */
  verdict?: StoredVerdict;
  /** Tiers that this very strategy (same hash) has passed in other runs. */
  passed: readonly Tier[];
  /** Its verdicts of the last tier in other runs, the newest first. */
  decided: readonly StoredVerdict[];
  /** For the last tier: what other families have opened. */
  openedElsewhere: readonly OpenedElsewhere[];
}>;

/** The verdict with what is not part of it. `text` is its JSON, byte for byte as it was first written. */
export type StoredVerdict = Readonly<{
  runId: string;
  verdict: Verdict;
  text: string;
  seconds: number;
  timeouts: number;
  storedMs: number;
}>;

export type VerdictRecord = Readonly<{
  key: ValidationKey;
  verdict: Verdict;
  /** Seconds of the try that counted. */
  seconds: number;
  /** Tries that ran into the time limit. */
  timeouts: number;
  /** Absent where the verdict is a refusal, which leaves the strategy where it stood. */
  queueStatus?: QueueStatus;
  reason: string;
  atMs: number;
  /** What its trials leave in the ledger; absent where nothing was run. */
  evidence?: TrialEvidence;
  learning?: LearningNote;
}>;

export type RunEnd = Readonly<{
  runId: string;
  state: 'done' | 'cancelled';
  summary: RunSummary;
  metrics?: RunMetrics;
  alerts: readonly RunAlert[];
  outcomes: readonly StrategyOutcome[];
  finishedMs: number;
}>;

/**
 * What the desk remembers. Every method is one transaction: all of it or nothing; each may be called twice with the
 * same arguments and changes nothing the second time. Failures are DeskError StoreUnavailable (try again) or
 * StoreTooNew (don't). Times are epoch ms, given by the caller.
 */
export type Store = TrialLedger &
  Readonly<{
    /** Puts new strategies on the queue as QUEUED and notes changed files; the status of known ones stays. */
    registerStrategies(strategies: readonly StrategyRecord[], atMs: number): Promise<void>;
    /** By strategy id. */
    queue(): Promise<readonly QueueEntry[]>;
    strategy(strategyId: string): Promise<StrategyRecord | undefined>;

    /** Opens a run. Refused (BadInput) when another workflow execution owns the run id. */
    beginRun(run: RunStart): Promise<void>;
    /** Marks the strategy as being validated, unless its verdict is there; NotFound when the run does not have it. */
    beginValidation(key: ValidationKey, atMs: number): Promise<ValidationStart>;
    /**
     * Stores the verdict, its trials and the queue status, once; later ones change nothing and get the first back. A
     * strategy that other verdicts have taken to a higher tier, under the same hash, stays where it stood.
     */
    recordVerdict(record: VerdictRecord): Promise<StoredVerdict>;
    /** Gives up a validation that was stopped: back to QUEUED, unless its verdict is there. */
    releaseValidation(key: ValidationKey, reason: string, atMs: number): Promise<void>;
    recordEscalation(runId: string, escalation: Escalation): Promise<void>;
    /** Closes a run; metrics are kept for the last 30. */
    endRun(end: RunEnd): Promise<void>;

    run(runId: string): Promise<RunRecord | undefined>;
    /** Newest first. */
    runs(limit: number): Promise<readonly RunRecord[]>;
    /** How each strategy of a finished run ended, by strategy id. */
    outcomes(runId: string): Promise<readonly StrategyOutcome[]>;
    /** All of a run, by strategy id. */
    verdicts(runId: string): Promise<readonly StoredVerdict[]>;
    /** The newest of a strategy, at any tier. */
    latestVerdict(strategyId: string): Promise<StoredVerdict | undefined>;
    /** Newest first. */
    learnings(): Promise<readonly Learning[]>;
    close(): void;
  }>;

/** Runs whose metrics are kept. */
export const runsWithMetrics = 30;

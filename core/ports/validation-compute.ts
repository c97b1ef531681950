import type { ErrorDocument } from '../errors.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { DataRequest } from '../validation/artifact.ts';
import type { DeployedReturns } from '../validation/deployed-correlation.ts';
import type { FamilyHistory } from '../validation/family-history.ts';
import type { LoopName } from '../validation/loops.ts';
import type { FileProblem } from '../validation/plan.ts';
import type { GateThresholds } from '../validation/thresholds.ts';
import type { Tier, Verdict } from '../validation/verdict.ts';
import type { StoredVerdict, StrategyRecord } from './store.ts';
import type { OpenedElsewhere, TrialEvidence } from './trial-ledger.ts';

/** What is to be looked at before a run: nothing named means the strategies folder, and the bars that are there. */
export type InspectionRequest = Readonly<{ strategies: readonly string[]; data?: DataRequest }>;

export type Inspection = Readonly<{ strategies: readonly StrategyRecord[]; problems: readonly FileProblem[] }>;

/** Everything that one strategy's verdict depends on, as plain JSON for a thread. */
export type ValidationJob = Readonly<{
  runId: string;
  strategyId: string;
  file: string;
  tier: Tier;
  trialsBefore: number;
  /** What the trial ledger knows of the strategy's family. */
  history: FamilyHistory;
  /** Verdicts of the last tier on this very strategy, the newest first: the same question has the same answer. */
  decided?: readonly StoredVerdict[];
  /** What other families have opened: a copy of it is known by its returns. */
  openedElsewhere?: readonly OpenedElsewhere[];
  /** What is deployed, for the last tier; absent where that was not read, `deployedUnread` says why. */
  deployed?: readonly DeployedReturns[];
  deployedUnread?: string;
  codeVersion: string;
  thresholds: GateThresholds;
  data: DataRequest;
}>;

/** The bars that a strategy asked for. */
export type AskedData = Readonly<{ universe: readonly string[]; timeframe: Timeframe }>;

/** How far a validation is, for its heartbeats. */
export type JobProgress = Readonly<{
  /** Name of the file in the run's folder `checkpoints` that has the rows of this try; written from half a second on. */
  checkpoint: string;
  /** The loop that is being worked on, and its rows that are done; absent outside of loops. */
  loop?: Readonly<{ name: LoopName; done: number; count: number }>;
}>;

/** Where a validation could not go on: reading the strategy, reading its bars, looking for leaks, or running it. */
export type JobStage = 'strategy' | 'data' | 'leaks' | 'run';

export type JobResult = Readonly<
  (
    | {
        verdict: Verdict;
        /** What the trial ledger keeps of the runs; absent where nothing was run. */
        evidence?: TrialEvidence;
      }
    | { stage: JobStage; error: ErrorDocument; asked?: AskedData }
  ) & {
    /** CPU seconds of the thread that did the work. */
    cpuSeconds?: number;
  }
>;

/**
 * The CPU work of validations, away from the main thread. Aborting ends the work within a second: DeskError Cancelled.
 * A thread that dies is WorkerCrashed; what is wrong with a strategy or its bars is a result, not an error.
 */
export type ValidationCompute = Readonly<{
  inspect(request: InspectionRequest, signal: AbortSignal): Promise<Inspection>;
  /**
   * Long loops leave a checkpoint, from which a later try of the same work goes on. `watch` is given a way to ask how
   * far the work is, as soon as it begins.
   */
  validate(job: ValidationJob, signal: AbortSignal, watch?: (progress: () => JobProgress) => void): Promise<JobResult>;
  /** Removes the checkpoints of a strategy at a tier, or all of a run's. */
  forget(work: Pick<ValidationJob, 'runId'> & Partial<Pick<ValidationJob, 'strategyId' | 'tier'>>): void;
}>;

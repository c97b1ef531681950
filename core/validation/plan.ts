import type { DataRequest } from './artifact.ts';
import type { GateThresholds } from './thresholds.ts';
import type { Tier } from './verdict.ts';

export type PlannedStrategy = Readonly<{ strategyId: string; name: string }>;

/** A strategy file that was left out, and why. */
export type FileProblem = Readonly<{ file: string; message: string }>;

/** What a run will do: made once by its pre-flight, then fixed. */
export type RunPlan = Readonly<{
  runId: string;
  tier: Tier;
  /** What the tier looks at, in words. */
  history: string;
  /** Strategies that wait for the tier, whether or not this run takes them. */
  waiting: number;
  /** In the order in which they start. */
  strategies: readonly PlannedStrategy[];
  workers: number;
  timeoutSeconds: number;
  failFast: boolean;
  escalateThreshold: number;
  escalationTimeoutSeconds: number;
  refreshSeconds: number;
  autoRetryFixable: boolean;
  thresholds: GateThresholds;
  data: DataRequest;
  /** Search attributes that the server knows; others are left out. */
  searchAttributes: readonly string[];
  /** Broken files, the first 20 of `brokenFiles`. */
  problems: readonly FileProblem[];
  brokenFiles: number;
}>;

import { loadParallelValidation, timeoutSeconds } from '../config/parallel-validation.ts';
import { loadValidationGates } from '../config/validation-gates.ts';
import { DeskError, errorDocument, errorLine } from '../core/errors.ts';
import type { ReadDeployed } from '../core/ports/deployed.ts';
import type { Store, StrategyRecord, VerdictRecord } from '../core/ports/store.ts';
import type { JobResult, ValidationCompute, ValidationJob } from '../core/ports/validation-compute.ts';
import type { DataRequest } from '../core/validation/artifact.ts';
import { failureVerdict, missingTiers, missingTiersVerdict } from '../core/validation/failure-verdict.ts';
import { noDataLearning } from '../core/validation/no-data-learning.ts';
import { outcomeOf } from '../core/validation/outcome-of.ts';
import type { RunPlan } from '../core/validation/plan.ts';
import { statusAfter, waitsFor } from '../core/validation/queue.ts';
import { maxStrategiesPerRun, type RunInput } from '../core/validation/run-input.ts';
import type { StrategyOutcome } from '../core/validation/run.ts';
import type { GateThresholds } from '../core/validation/thresholds.ts';
import { tierRules } from '../core/validation/tiers/index.ts';
import { unknownTier } from '../core/validation/validate-tier.ts';
import { type Tier, tiers, type Verdict } from '../core/validation/verdict.ts';
import { type Carry, withHeartbeat } from './with-heartbeat.ts';

export type ValidationPorts = Readonly<{
  store: Store;
  compute: ValidationCompute;
  /** What is deployed, for the last tier; left out, its row says that nobody was asked. */
  readDeployed?: ReadDeployed;
  codeVersion: string;
  /** Search attributes that the server knows. */
  searchAttributes: readonly string[];
  nowMs(): number;
  /** Told of every verdict that this worker reached, and of the CPU seconds that it took. */
  onOutcome?(outcome: StrategyOutcome, cpuSeconds?: number): void;
}>;

export type PlanRequest = Readonly<{ runId: string; workflowId: string; executionId: string; input: RunInput }>;

/** One strategy's work for one tier, as a child workflow hands it over. */
export type ValidationTask = Readonly<{
  runId: string;
  strategyId: string;
  tier: Tier;
  /** Tries before this one that ran into the time limit. */
  timeouts: number;
  autoRetryFixable: boolean;
  thresholds: GateThresholds;
  data: DataRequest;
}>;

/** Activities of the compute queue: their CPU work runs in threads, their store writes take milliseconds. */
export const createValidationActivities = (ports: ValidationPorts) => ({
  /**
   * The pre-flight: checks settings and strategy files, reads the queue, and says who will run what. Unless it is a
   * dry run it also opens the run in the store, so that everything after it is fixed.
   */
  planRun: (request: PlanRequest): Promise<RunPlan> => withHeartbeat((signal) => planRun(ports, request, signal)),

  /**
   * Everything that a strategy needs at a tier, in one go. Safe to run twice: the first verdict stands. Heartbeats say
   * how far it is and name its checkpoint, from which a later try goes on wherever it can read that file.
   */
  validateStrategy: (task: ValidationTask): Promise<StrategyOutcome> =>
    withHeartbeat((signal, carry) => validateStrategy(ports, task, { signal, carry })),
});

export type ValidationActivities = ReturnType<typeof createValidationActivities>;

async function planRun(ports: ValidationPorts, request: PlanRequest, signal: AbortSignal): Promise<RunPlan> {
  const { runId, input } = request;
  const settings = loadParallelValidation();
  const thresholds = loadValidationGates();
  const rule = tierRules[input.tier];
  if (rule === undefined) throw unknownTier(input.tier);

  const { strategies: checked, problems } = await ports.compute.inspect(
    { strategies: input.strategies, data: input.data },
    signal,
  );
  if (!input.dryRun) await ports.store.registerStrategies(checked, ports.nowMs());
  const status = new Map((await ports.store.queue()).map((entry) => [entry.strategyId, entry.status]));
  const isWaiting = ({ strategyId }: StrategyRecord) => waitsFor(status.get(strategyId) ?? 'QUEUED', input.tier);
  const wanted = input.queued ? checked.filter(isWaiting) : checked;
  const strategies = wanted.slice(0, input.queueSize ?? wanted.length);
  if (strategies.length > maxStrategiesPerRun) throw tooMany(strategies.length);

  const workers = Math.max(1, Math.min(strategies.length, input.workers ?? settings.max_workers));
  const plan: RunPlan = {
    runId,
    tier: input.tier,
    history: rule.history,
    waiting: checked.filter(isWaiting).length,
    strategies: strategies.map(({ strategyId, name }) => ({ strategyId, name })),
    workers,
    timeoutSeconds: input.timeoutSeconds ?? timeoutSeconds(settings, input.tier),
    failFast: settings.fail_fast,
    escalateThreshold: settings.auto_escalate_threshold,
    escalationTimeoutSeconds: input.escalationTimeoutSeconds ?? settings.escalation_timeout_seconds,
    refreshSeconds: settings.polling_interval_seconds,
    autoRetryFixable: settings.auto_retry_fixable,
    thresholds,
    data: input.data,
    searchAttributes: ports.searchAttributes,
    problems: problems.slice(0, 20),
    brokenFiles: problems.length,
  };
  if (input.dryRun) return plan;
  const { workflowId, executionId } = request;
  const { codeVersion, nowMs } = ports;
  const startedMs = nowMs();
  const askedBy = input.askedBy ?? 'temporal';
  const run = { runId, tier: plan.tier, workflowId, executionId, codeVersion, startedMs, askedBy, strategies };
  await ports.store.beginRun(run);
  return plan;
}

const tooMany = (count: number) =>
  new DeskError('ResourceExhausted', 'too many strategies for one run', {
    path: 'queueSize',
    expected: `at most ${maxStrategiesPerRun}; give --queue-size and run the rest with --queued`,
    found: String(count),
  });

async function validateStrategy(
  { store, compute, codeVersion, nowMs, onOutcome, readDeployed }: ValidationPorts,
  { runId, strategyId, tier, timeouts, autoRetryFixable, thresholds, data }: ValidationTask,
  { signal, carry }: Readonly<{ signal: AbortSignal; carry: Carry }>,
): Promise<StrategyOutcome> {
  const startedMs = nowMs();
  const key = { runId, strategyId, tier };
  const {
    strategy,
    trialsBefore,
    history,
    passed,
    decided,
    openedElsewhere,
    verdict: earlier,
  } = await store.beginValidation(key, startedMs);
  if (earlier !== undefined) return outcomeOf(earlier.verdict, earlier);

  const { file, strategyHash } = strategy;
  const facts = { strategyId, tier, strategyHash, codeVersion, trialsBefore };
  const ledger = { trialsBefore, history, decided, openedElsewhere };
  const deployed = tier === tiers.at(-1) && readDeployed ? await deployedBeside(strategyId, readDeployed) : {};
  const job = { ...key, file, ...ledger, ...deployed, codeVersion, thresholds, data };
  const missing = missingTiers(tier, passed);
  const result: JobResult =
    missing.length > 0 ? { verdict: missingTiersVerdict(facts, missing) } : await compute.validate(job, signal, carry);
  const verdict = 'verdict' in result ? result.verdict : failureVerdict(facts, result.stage, result.error);

  signal.throwIfAborted(); // the server has given this try up: it must leave nothing
  const stored = await store.recordVerdict({
    key,
    verdict,
    seconds: (nowMs() - startedMs) / 1_000,
    timeouts,
    ...queueStatusOf(verdict, autoRetryFixable),
    reason: verdict.failures.map(({ message }) => message).join('; '),
    atMs: nowMs(),
    ...evidenceAndLearning(result, verdict),
  });
  compute.forget(key);
  const outcome = outcomeOf(stored.verdict, stored);
  onOutcome?.(outcome, result.cpuSeconds);
  return outcome;
}

/** What else is deployed. A store that cannot be read keeps no strategy from its verdict, which says so. */
async function deployedBeside(
  strategyId: string,
  readDeployed: ReadDeployed,
): Promise<Pick<ValidationJob, 'deployed' | 'deployedUnread'>> {
  try {
    return { deployed: (await readDeployed()).filter((other) => other.strategyId !== strategyId) };
  } catch (thrown) {
    if (!(thrown instanceof DeskError)) throw thrown;
    return { deployedUnread: errorLine(errorDocument(thrown)) };
  }
}

function queueStatusOf(verdict: Verdict, autoRetryFixable: boolean): Pick<VerdictRecord, 'queueStatus'> {
  const queueStatus = statusAfter(verdict, autoRetryFixable);
  return queueStatus === undefined ? {} : { queueStatus };
}

/** What goes into the ledger beside the verdict, and what a strategy without bars teaches the next one. */
function evidenceAndLearning(result: JobResult, verdict: Verdict): Pick<VerdictRecord, 'evidence' | 'learning'> {
  const evidence = 'verdict' in result ? result.evidence : undefined;
  const learning = noDataLearning(result, verdict);
  return { ...(evidence && { evidence }), ...(learning && { learning }) };
}

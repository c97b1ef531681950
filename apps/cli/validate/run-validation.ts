import type { WorkflowHandle } from '@temporalio/client';
import { DeskError } from '../../../core/errors.ts';
import type { Store, StoredVerdict } from '../../../core/ports/store.ts';
import { outcomeOf } from '../../../core/validation/outcome-of.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import type { RunProgress } from '../../../core/validation/run-board.ts';
import type { RunInput } from '../../../core/validation/run-input.ts';
import { type Escalation, type RunAlert, type RunSummary, summarise } from '../../../core/validation/run.ts';
import type { parallelValidation, ParallelValidationResult } from '../../../workflows/parallel-validation.ts';
import type { Desk } from '../desk/provide-desk.ts';
import { followRun } from './follow-run.ts';
import type { LoopTexts } from './loops-under-way.ts';
import { newRunId } from './run-id.ts';
import { strategyCount } from '../format.ts';

export type RunRequest = Readonly<{
  desk: Pick<Desk, 'client' | 'ours'>;
  store: Store;
  /** Name of the run; left out: a new one. */
  runId?: string;
  input: RunInput;
  /** Workflow task time-out, `3s`: how soon a task that a worker died with is given to another. */
  taskTimeoutMs: number;
  everyMs: number;
  onStart: (runId: string, workflowId: string) => void;
  /** Once, as soon as the run is planned. */
  onPlan: (plan: RunPlan) => void;
  onProgress: (progress: RunProgress, loops: LoopTexts) => void;
  onNobody: () => void;
  /** Stops following: the run is cancelled when it would end with us, else it goes on. */
  signal: AbortSignal;
}>;

export type FinishedRun = Readonly<{
  runId: string;
  workflowId: string;
  tier: string;
  summary: RunSummary;
  verdicts: readonly StoredVerdict[];
  alerts: readonly RunAlert[];
  escalation?: Escalation;
  /** True while the run waits for a person's answer: then it is not over, though every verdict is there. */
  waits: boolean;
}>;

export type ValidationRun = Readonly<{ plan: RunPlan } | { finished: FinishedRun } | { left: string }>;

/** Starts `parallelValidation`, follows it, and brings its verdicts from the store. */
export async function runValidation(request: RunRequest): Promise<ValidationRun> {
  const { desk, runId = newRunId(), input, signal, onStart } = request;
  const workflowId = `parallel-validation:${runId}`;
  const handle = await desk.client.workflow.start<typeof parallelValidation>('parallelValidation', {
    taskQueue: 'desk',
    workflowId,
    args: [input],
    workflowTaskTimeout: request.taskTimeoutMs,
    staticSummary: summaryOf(input),
  });
  onStart(runId, workflowId);
  const followed = await followRun<ParallelValidationResult>(desk.client, handle, request);
  if ('left' in followed) {
    if (desk.ours) await cancelAndWait(handle);
    if (desk.ours) throw new DeskError('Cancelled', `run ${runId} was stopped`, { cause: signal.reason });
    return { left: workflowId };
  }
  if ('escalated' in followed) return { finished: await waitingRun(request.store, runId, workflowId) };
  const { ended } = followed;
  if (ended.dryRun) return { plan: ended.plan };
  const { tier, summary, alerts, escalation } = ended;
  const verdicts = await verdictsOf(request.store, runId, summary);
  return {
    finished: { runId, workflowId, tier, summary, verdicts, alerts, waits: false, ...(escalation && { escalation }) },
  };
}

const summaryOf = ({ tier, strategies, queued }: RunInput): string =>
  `${tier}: ${strategies.length === 0 ? (queued ? 'what waits' : 'all strategies') : strategyCount(strategies.length)}`;

async function cancelAndWait(handle: WorkflowHandle): Promise<void> {
  await handle.cancel();
  await handle.result().catch(() => {}); // that it was cancelled is what we asked for
}

/** Everything is judged, only a person's answer is open. */
async function waitingRun(store: Store, runId: string, workflowId: string): Promise<FinishedRun> {
  const [run, verdicts] = await Promise.all([store.run(runId), store.verdicts(runId)]);
  if (run === undefined) throw elsewhere(runId);
  const lastMs = Math.max(run.startedMs, ...verdicts.map(({ storedMs }) => storedMs));
  const outcomes = verdicts.map((stored) => outcomeOf(stored.verdict, stored));
  const summary = summarise(outcomes, (lastMs - run.startedMs) / 1_000);
  const { tier, alerts, escalation } = run;
  return { runId, workflowId, tier, summary, verdicts, alerts, waits: true, ...(escalation && { escalation }) };
}

async function verdictsOf(store: Store, runId: string, summary: RunSummary): Promise<readonly StoredVerdict[]> {
  const verdicts = await store.verdicts(runId);
  const judged = summary.passed + summary.failed + summary.timedOut + summary.errors;
  if (verdicts.length < judged) throw elsewhere(runId);
  return verdicts;
}

const elsewhere = (runId: string): DeskError =>
  new DeskError('NotFound', `the verdicts of run ${runId} are not in this store: the worker keeps another`, {
    path: 'NIGHTDESK_HOME',
    expected: 'the state folder of the worker that took the run',
  });

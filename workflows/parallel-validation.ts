import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
  type WorkflowInfo,
} from '@temporalio/workflow';
import { TypedSearchAttributes } from '@temporalio/common';
import type { ClosedRun, RecordActivities } from '../activities/run-records.ts';
import type { ValidationActivities } from '../activities/validation.ts';
import type { PlannedStrategy, RunPlan } from '../core/validation/plan.ts';
import {
  boardMarkdown,
  type CarriedBoard,
  createRunBoard,
  freshBoard,
  type RunBoard,
  unjudged,
} from '../core/validation/run-board.ts';
import { parseRunInput, type RunInput } from '../core/validation/run-input.ts';
import {
  type Escalation,
  escalationChoices,
  mustEscalate,
  notWaitedForBy,
  type RunSummary,
  type StrategyOutcome,
  unansweredBy,
} from '../core/validation/run.ts';
import { computeQueue, preflight, smallIo, workflowTaskTimeout } from './activity-options.ts';
import { taskTimeMs } from './clock.ts';
import { documentOf, fatal, orFatal } from './failures.ts';
import { historyIsSpent } from './history.ts';
import { handleMessages, type Run } from './run-messages.ts';
import { searchPairs, setSearchAttributes } from './search-attributes.ts';
import { strategyValidation } from './strategy-validation.ts';

/** What a run returns. Verdicts are in the store; `results` has the first 200 outcomes, by run time. */
export type ParallelValidationResult =
  | Readonly<{ runId: string; tier: string; dryRun: true; plan: RunPlan }>
  | Readonly<{
      runId: string;
      tier: string;
      dryRun: false;
      summary: RunSummary;
      alerts: ClosedRun['alerts'];
      results: readonly StrategyOutcome[];
      escalation?: Escalation;
    }>;

/**
 * Validates many strategies at once, each in a child workflow, and merges what they say. `input` is one JSON object,
 * every key of which may be left out (core/validation/run-input.ts).
 *
 * A long run continues as new in between. It lets the children in flight end first, because a child of an earlier
 * execution can neither be awaited nor cancelled with its parent; that costs about one strategy's time in two hundred.
 */
export async function parallelValidation(input?: unknown, carried?: CarriedBoard): Promise<ParallelValidationResult> {
  // Input that nobody can run ends the workflow at once, before any worker is asked for anything.
  const request = orFatal(() => parseRunInput(input));
  const run: Run = { board: carried && createRunBoard(carried), scopes: new Map(), escalation: undefined };
  handleMessages(run);
  try {
    if (run.board === undefined) {
      const plan = await makePlan(request);
      if (request.dryRun) return { runId: plan.runId, tier: plan.tier, dryRun: true, plan };
      run.board = createRunBoard(freshBoard(plan, taskTimeMs()));
    }
    const { board } = run;
    await validateAll(run, board);
    if (board.hasNext()) {
      await condition(allHandlersFinished);
      return await continueAsNew<typeof parallelValidation>(input, board.carry());
    }
    const wallSeconds = (taskTimeMs() - board.startedMs) / 1_000;
    if (mustEscalate(board.counts(), board.plan.escalateThreshold)) await askPerson(run, board);
    return await finish(run, board, wallSeconds);
  } catch (thrown) {
    if (isCancellation(thrown)) await CancellationScope.nonCancellable(() => giveUp(run, request));
    throw thrown;
  }
}

/** The name of the run: what its workflow id says, else the id of its first execution. */
function runIdOf({ workflowId, firstExecutionRunId }: WorkflowInfo): string {
  const [, named] = /^parallel-validation:([A-Za-z0-9][\w.-]{0,63})$/.exec(workflowId) ?? [];
  return named ?? firstExecutionRunId;
}

/** The pre-flight. */
async function makePlan(input: RunInput): Promise<RunPlan> {
  const info = workflowInfo();
  const { planRun } = proxyActivities<ValidationActivities>({
    ...preflight,
    taskQueue: computeQueue(info.taskQueue),
    summary: 'pre-flight',
  });
  const { workflowId, firstExecutionRunId: executionId } = info;
  try {
    return await planRun({ runId: runIdOf(info), workflowId, executionId, input });
  } catch (thrown) {
    throw isCancellation(thrown) ? thrown : fatal(thrown);
  }
}

/** Keeps `workers` children in flight until every strategy has ended, or history has grown enough for one execution. */
async function validateAll(run: Run, board: RunBoard): Promise<void> {
  setSearchAttributes({ Tier: board.plan.tier, DeskStatus: 'VALIDATING' }, board.plan.searchAttributes);
  redraw(board);
  while (board.hasNext() && !historyIsSpent()) {
    await condition(() => board.hasRoom() || !board.hasNext());
    const strategy = board.hasNext() ? board.startNext(taskTimeMs()) : undefined;
    if (strategy !== undefined) void validateOne(run, board, strategy);
  }
  await condition(() => board.inFlight() === 0);
}

/** Never rejects: whatever happens to a child is its outcome, and the others go on. */
async function validateOne(run: Run, board: RunBoard, strategy: PlannedStrategy): Promise<void> {
  const { strategyId } = strategy;
  const scope = new CancellationScope();
  run.scopes.set(strategyId, scope);
  try {
    board.finish(await scope.run(() => startChild(board.plan, strategy)));
  } catch (thrown) {
    board.finish(
      isCancellation(thrown) ? unjudged(strategyId, 'CANCELLED') : await brokenChild(board.plan, strategy, thrown),
    );
  } finally {
    run.scopes.delete(strategyId);
    redraw(board);
  }
}

function startChild(plan: RunPlan, { strategyId, name }: PlannedStrategy): Promise<StrategyOutcome> {
  const { runId, tier, timeoutSeconds, autoRetryFixable, thresholds, data, searchAttributes } = plan;
  const attributes = { StrategyId: strategyId, Tier: tier, DeskStatus: 'VALIDATING' } as const;
  return executeChild(strategyValidation, {
    workflowId: `strategy-validation:${runId}:${strategyId}`,
    args: [{ runId, strategyId, tier, timeoutSeconds, autoRetryFixable, thresholds, data, searchAttributes }],
    workflowTaskTimeout,
    // A parent that is terminated asks its children to stop, so that the queue does not say VALIDATING for ever.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${strategyId} ${name}, ${tier}`,
    typedSearchAttributes: new TypedSearchAttributes(searchPairs(attributes, searchAttributes)),
  });
}

/** A child that was terminated, or could not be started, left no verdict: it gets one. */
async function brokenChild(
  { runId, tier }: RunPlan,
  { strategyId }: PlannedStrategy,
  thrown: unknown,
): Promise<StrategyOutcome> {
  const { recordUnfinished } = proxyActivities<RecordActivities>(smallIo);
  const error = documentOf(thrown);
  const record = { runId, strategyId, tier, error, timeouts: 0, seconds: 0 };
  try {
    return await CancellationScope.nonCancellable(() => recordUnfinished(record));
  } catch (again) {
    const { message } = documentOf(again);
    return { strategyId, status: 'ERROR', seconds: 0, timeouts: 0, fixable: false, reason: message };
  }
}

/** Asks a person what to do, keeps question and answer, and goes on with what passed when nobody answers in time. */
async function askPerson(run: Run, board: RunBoard): Promise<void> {
  const { recordEscalation } = proxyActivities<RecordActivities>({ ...smallIo, summary: 'escalation' });
  const { runId, tier, escalateThreshold, escalationTimeoutSeconds, searchAttributes } = board.plan;
  const { PASS, FAIL, TIMEOUT, ERROR } = board.counts();
  const failed = FAIL + TIMEOUT + ERROR;
  const reason = `${failed} of ${PASS + failed} did not pass ${tier}, more than ${escalateThreshold * 100} %`;
  const question: Escalation = { reason, choices: escalationChoices };
  run.escalation = question;
  if (escalationTimeoutSeconds > 0) {
    board.setPhase('escalated');
    setSearchAttributes({ DeskStatus: 'ESCALATED' }, searchAttributes);
    redraw(
      board,
      `**Escalated:** ${reason}. Answer with the update answerEscalation: ${escalationChoices.join(', ')}.`,
    );
    await recordEscalation({ runId, escalation: question });
    await condition(() => run.escalation?.answer !== undefined, escalationTimeoutSeconds * 1_000);
  }
  const by = escalationTimeoutSeconds > 0 ? unansweredBy : notWaitedForBy;
  run.escalation = { answer: { choice: 'goOn', by }, ...run.escalation };
  await recordEscalation({ runId, escalation: run.escalation });
}

async function finish(run: Run, board: RunBoard, wallSeconds: number): Promise<ParallelValidationResult> {
  board.setPhase('finishing');
  const { runId, tier, searchAttributes } = board.plan;
  const { summary, alerts, outcomes } = await close(board, 'done', wallSeconds);
  board.setPhase('done');
  setSearchAttributes({ DeskStatus: 'DONE' }, searchAttributes);
  redraw(board, alerts.map(({ message }) => `**Alert:** ${message}`).join('\n'));
  await condition(allHandlersFinished);
  const { escalation } = run;
  return { runId, tier, dryRun: false, summary, alerts, results: outcomes, ...(escalation && { escalation }) };
}

/** After a cancel: waits until the children have let go, and closes the run's books. */
async function giveUp({ board }: Run, { tier }: RunInput): Promise<void> {
  if (board === undefined) {
    // Cancelled while it was being planned: nothing has started, but the run may be in the books already.
    const startedMs = taskTimeMs();
    const nothing = { startedMs, wallSeconds: 0, cancelled: [], strategyIds: [] };
    await closing().closeRun({ runId: runIdOf(workflowInfo()), tier, state: 'cancelled', ...nothing });
    return;
  }
  await condition(() => board.inFlight() === 0);
  board.setPhase('cancelled');
  setSearchAttributes({ DeskStatus: 'CANCELLED' }, board.plan.searchAttributes);
  redraw(board);
  await close(board, 'cancelled', (taskTimeMs() - board.startedMs) / 1_000);
}

function close(board: RunBoard, state: 'done' | 'cancelled', wallSeconds: number): Promise<ClosedRun> {
  const { plan, startedMs } = board;
  const strategyIds = plan.strategies.map(({ strategyId }) => strategyId);
  const { runId, tier } = plan;
  const cancelled = board.cancelledIds();
  return closing().closeRun({ runId, tier, state, startedMs, wallSeconds, cancelled, strategyIds });
}

const closing = () => proxyActivities<RecordActivities>({ ...smallIo, summary: 'merge and close' });

const redraw = (board: RunBoard, note = ''): void => setCurrentDetails(boardMarkdown(board.progress(), note));

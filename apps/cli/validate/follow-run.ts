import { setTimeout as pause } from 'node:timers/promises';
import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { DeskError } from '../../../core/errors.ts';
import { deskErrorOf } from '../../../core/failure-options.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import type { RunProgress } from '../../../core/validation/run-board.ts';

export type FollowOptions = Readonly<{
  /** How often to ask. */
  everyMs: number;
  /** Once, as soon as the run is planned. */
  onPlan: (plan: RunPlan) => void;
  onProgress: (progress: RunProgress) => void;
  /** Called when no worker has taken the run up for a while. */
  onNobody: () => void;
  signal: AbortSignal;
}>;

/** How a followed run stands when following ends. */
export type Followed<Result> = Readonly<{ ended: Result } | { escalated: RunProgress } | { left: true }>;

const nobodyAfterMs = 10_000;

/**
 * Asks a run how it stands until it has ended, waits for a person's answer, or `signal` says to leave it alone. A
 * worker or server that is away for a while only delays the answer.
 */
export async function followRun<Result>(
  handle: WorkflowHandle,
  { everyMs, onPlan, onProgress, onNobody, signal }: FollowOptions,
): Promise<Followed<Result>> {
  const state = { over: false };
  const ended = (handle.result() as Promise<Result>)
    .then((value) => ({ ended: value }))
    .catch((thrown: unknown) => {
      throw runFailure(thrown);
    })
    .finally(() => {
      state.over = true;
    });
  ended.catch(() => {}); // awaited below, after the poll that is under way

  let planned = false;
  let told = false;
  const startedMs = performance.now();
  while (!state.over && !signal.aborted) {
    const progress = await ask<RunProgress>(handle, 'progress');
    if (progress !== undefined && !planned) {
      const plan = await ask<RunPlan>(handle, 'plan');
      planned = plan !== undefined;
      if (plan !== undefined) onPlan(plan);
    }
    if (progress !== undefined) onProgress(progress);
    if (progress?.phase === 'escalated') return { escalated: progress };
    if (progress === undefined && !told && performance.now() - startedMs > nobodyAfterMs) {
      told = true;
      onNobody();
    }
    await Promise.race([ended.catch(() => {}), pause(everyMs, undefined, { signal }).catch(() => {})]);
  }
  if (signal.aborted && !state.over) return { left: true };
  const result = await ended;
  const last = await ask<RunProgress>(handle, 'progress'); // what finished since the last time
  if (last !== undefined) onProgress(last);
  return result;
}

/** Undefined while it is being planned, or while nobody can say. */
async function ask<Answer>(handle: WorkflowHandle, query: 'progress' | 'plan'): Promise<Answer | undefined> {
  try {
    return await handle.query<Answer | undefined>(query);
  } catch {
    return undefined; // worker or server are away: the result will tell
  }
}

/** Why a run failed, in the desk's words. */
function runFailure(thrown: unknown): unknown {
  if (!(thrown instanceof WorkflowFailedError)) return thrown;
  const cause: unknown = thrown.cause;
  if (cause instanceof Error && 'details' in cause && Array.isArray(cause.details)) {
    const known = deskErrorOf(cause.details);
    if (known !== undefined) return known;
  }
  const message = cause instanceof Error ? cause.message : thrown.message;
  const cancelled = cause instanceof Error && cause.name === 'CancelledFailure';
  return new DeskError(cancelled ? 'Cancelled' : 'Internal', `the run did not end in order: ${message}`);
}

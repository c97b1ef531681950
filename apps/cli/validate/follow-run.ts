import { setTimeout as pause } from 'node:timers/promises';
import { type Client, isGrpcServiceError, type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { DeskError } from '../../../core/errors.ts';
import { deskErrorOf } from '../../../core/failure-options.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import type { RunProgress } from '../../../core/validation/run-board.ts';
import { type LoopTexts, loopsUnderWay } from './loops-under-way.ts';

export type FollowOptions = Readonly<{
  /** How often to ask. */
  everyMs: number;
  /** Once, as soon as the run is planned. */
  onPlan: (plan: RunPlan) => void;
  /** `loops`: how far the strategies are that have run for a while. */
  onProgress: (progress: RunProgress, loops: LoopTexts) => void;
  /** Called once when no worker has taken the run up for a while. */
  onNobody: () => void;
  signal: AbortSignal;
}>;

/** How a followed run stands when following ends. */
export type Followed<Result> = Readonly<{ ended: Result } | { escalated: RunProgress } | { left: true }>;

const nobodyAfterMs = 10_000;
/** Heartbeats reach the server about as often. */
const loopsEveryMs = 2_000;

/**
 * Asks a run how it stands until it has ended, waits for a person's answer, or `signal` says to leave it alone. A
 * worker or server that is away for a while only delays the answer.
 */
export async function followRun<Result>(
  client: Client,
  handle: WorkflowHandle,
  options: FollowOptions,
): Promise<Followed<Result>> {
  const leave = new AbortController();
  const end = watchEnd<Result>(client, handle, leave.signal);
  try {
    const stopped = await askUntil(end, { client, handle }, options);
    if (stopped !== undefined) return stopped;
    const ended = await end.value;
    const last = await ask<RunProgress>(handle, 'progress'); // what finished since the last time
    if (last !== undefined) options.onProgress(last, new Map());
    return { ended };
  } finally {
    leave.abort(); // a long poll that nobody waits for would keep the process for up to 20 s
  }
}

type End<Result> = Readonly<{ value: Promise<Result>; isOver: () => boolean }>;

function watchEnd<Result>(client: Client, handle: WorkflowHandle, leave: AbortSignal): End<Result> {
  let over = false;
  const value = resultOf<Result>(client, handle, leave).finally(() => {
    over = true;
  });
  value.catch(() => {}); // whoever awaits it gets the error
  return { value, isOver: () => over };
}

/** Server codes that pass: it is away, or too busy. */
const passing = new Set([4, 8, 14]);

async function resultOf<Result>(client: Client, handle: WorkflowHandle, leave: AbortSignal): Promise<Result> {
  for (;;) {
    try {
      return (await client.withAbortSignal(leave, () => handle.result())) as Result;
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.cause : undefined;
      const away = [thrown, cause].some((error) => isGrpcServiceError(error) && passing.has(error.code));
      if (!away || leave.aborted) throw runFailure(thrown);
      await pause(500);
    }
  }
}

/** Undefined when the run has ended. */
async function askUntil<Result>(
  end: End<Result>,
  { client, handle }: Readonly<{ client: Client; handle: WorkflowHandle }>,
  { everyMs, onPlan, onProgress, onNobody, signal }: FollowOptions,
): Promise<Exclude<Followed<Result>, { ended: Result }> | undefined> {
  let planned = false;
  let loops: LoopTexts = new Map();
  let loopsMs = -Infinity;
  let told = false;
  const startedMs = performance.now();
  while (!end.isOver()) {
    if (signal.aborted) return { left: true };
    const progress = await ask<RunProgress>(handle, 'progress');
    if (progress !== undefined && !planned) {
      const plan = await ask<RunPlan>(handle, 'plan');
      planned = plan !== undefined;
      if (plan !== undefined) onPlan(plan);
    }
    if (progress !== undefined && performance.now() - loopsMs > loopsEveryMs) {
      loops = await loopsUnderWay(client, progress);
      loopsMs = performance.now();
    }
    if (progress !== undefined) onProgress(progress, loops);
    if (progress?.phase === 'escalated') return { escalated: progress };
    if (progress === undefined && !told && performance.now() - startedMs > nobodyAfterMs) {
      told = true;
      onNobody();
    }
    await Promise.race([end.value.catch(() => {}), pause(everyMs, undefined, { signal }).catch(() => {})]);
  }
  return undefined;
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

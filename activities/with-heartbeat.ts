import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { failureOptions } from '../core/failure-options.ts';

/** Beats a heartbeat time-out: two may be lost before the server gives the worker up. */
const beatsPerTimeout = 6;

/** Says what heartbeats carry from now on: the server shows the last of it beside the pending activity. */
export type Carry = (details: () => unknown) => void;

/**
 * The one way in which an activity does something: the server hears every half second (a sixth of the heartbeat
 * time-out) that its worker lives, and a cancel, a time-out or a worker that shuts down ends the work through the
 * signal. What the work throws becomes the failure of its code, so that retry policies can tell what is worth it.
 */
export async function withHeartbeat<T>(work: (signal: AbortSignal, carry: Carry) => Promise<T>): Promise<T> {
  const { cancellationSignal, heartbeat, info } = Context.current();
  const everyMs = (info.heartbeatTimeoutMs ?? 3_000) / beatsPerTimeout;
  let details: (() => unknown) | undefined;
  const beat = setInterval(() => heartbeat(details?.()), everyMs);
  try {
    cancellationSignal.throwIfAborted();
    return await work(cancellationSignal, (give) => {
      details = give;
    });
  } catch (thrown) {
    throw cancellationSignal.aborted ? stopped(cancellationSignal.reason) : failure(thrown);
  } finally {
    clearInterval(beat);
  }
}

/** A defect keeps what threw it, for the stack trace in the Web UI and the log; other errors say all in their text. */
function failure(thrown: unknown): ApplicationFailure {
  const options = failureOptions(thrown);
  const defect = options.type === 'Internal' && thrown instanceof Error;
  return ApplicationFailure.create(defect ? { ...options, cause: thrown } : options);
}

/** Of the failure with which an activity hands its work over when its worker ends. */
export const workerEndedText = 'the worker was shut down while it worked';

/** A worker that is shut down did not fail: another one takes the work over at once. */
function stopped(reason: unknown): unknown {
  if (!(reason instanceof CancelledFailure) || reason.message !== 'WORKER_SHUTDOWN') return reason;
  return ApplicationFailure.retryable(workerEndedText, 'WorkerCrashed');
}

import type { ActivityOptions } from '@temporalio/workflow';
import { nonRetryableCodes } from '../core/errors.ts';

/**
 * Every activity beats its heart (activities/with-heartbeat.ts), so that the death of its worker is noticed in three
 * seconds whatever its own time limit is; the first retry follows at once.
 */
const alive = {
  heartbeatTimeout: '3 seconds',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} satisfies ActivityOptions;

const firstRetry = { initialInterval: '100 milliseconds', backoffCoefficient: 2 } as const;

/** Store writes and other small things on the desk queue: worth repeating for as long as the store may be away. */
export const smallIo: ActivityOptions = {
  ...alive,
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 hour',
  retry: { ...firstRetry, maximumInterval: '10 seconds', nonRetryableErrorTypes: [...nonRetryableCodes] },
};

/** A worker that crashes under a strategy is replaced so many times; then the strategy is the suspect. */
const replacements = 3;

/**
 * CPU work of one strategy. Its own time limit is no matter for blind retries (`TemporalTimeout:StartToClose` is how
 * the server names it): the workflow decides about that, once.
 */
export const computation = (timeoutSeconds: number): ActivityOptions => ({
  ...alive,
  startToCloseTimeout: timeoutSeconds * 1_000,
  retry: {
    ...firstRetry,
    maximumInterval: '10 seconds',
    maximumAttempts: 1 + replacements,
    nonRetryableErrorTypes: [...nonRetryableCodes, 'TemporalTimeout:StartToClose'],
  },
});

/** The pre-flight reads every strategy file: CPU work too, but nobody's fault when it takes long. */
export const preflight: ActivityOptions = { ...computation(300), scheduleToCloseTimeout: '1 hour' };

/**
 * The compute queue that belongs to a desk queue: `desk` and `compute`, `desk-7` and `compute-7`. So a second desk (or a
 * test) on one server keeps to its own workers.
 */
export const computeQueue = (deskQueue: string): string =>
  deskQueue.startsWith('desk') ? `compute${deskQueue.slice('desk'.length)}` : 'compute';

/** A worker that dies with a workflow task in hand is given up after this: progress within five seconds. */
export const workflowTaskTimeout = '3 seconds';

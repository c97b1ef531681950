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

/** What is worth repeating for ever: an order has to be driven to its end, however long store, venue or guard are away. */
const untilDone = { ...firstRetry, maximumInterval: '5 seconds' } as const;

/** Orders go before everything else that waits in a queue. */
const first = { priority: { priorityKey: 1 } } as const;

/**
 * One step of an order: store, guard or venue answer in a moment, or it is tried again. What the table of errors calls
 * hopeless (a bad key, an unknown account) is not: the workflow ends the order then, if nothing was sent.
 */
export const orderStep: ActivityOptions = {
  ...alive,
  ...first,
  startToCloseTimeout: '20 seconds',
  retry: { ...untilDone, nonRetryableErrorTypes: [...nonRetryableCodes] },
};

/** Waiting for a venue's evidence: as long as it takes; only its own end or a cancel ends it. */
export const orderWatch: ActivityOptions = {
  ...alive,
  ...first,
  startToCloseTimeout: '30 days',
  retry: untilDone,
};

const queuePrefix = /^(desk|compute|orders|market)/;

/**
 * The queue of a kind that belongs to any queue of a desk: `desk` and `compute`, `desk-7` and `compute-7`. So a second
 * desk (or a test) on one server keeps to its own workers.
 */
const siblingQueue = (kind: string, queue: string): string => {
  const [prefix] = queuePrefix.exec(queue) ?? [];
  return prefix === undefined ? kind : `${kind}${queue.slice(prefix.length)}`;
};

/** CPU work. */
export const computeQueue = (queue: string): string => siblingQueue('compute', queue);

/** Steps of orders: few slots, nothing that waits. */
export const ordersQueue = (queue: string): string => siblingQueue('orders', queue);

/** Waiting for venues: many slots, nothing that computes. */
export const marketQueue = (queue: string): string => siblingQueue('market', queue);

/** A worker that dies with a workflow task in hand is given up after this: progress within five seconds. */
export const workflowTaskTimeout = '3 seconds';

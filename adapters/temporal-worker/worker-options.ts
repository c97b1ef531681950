import type { WorkerOptions } from '@temporalio/worker';

/**
 * What every worker of the desk has in common, for recovery within seconds: a heartbeat's answer (which carries a
 * cancel) comes at least twice a second, a workflow task that waits for a dead worker's sticky queue moves on after
 * two seconds, and who is told to end finishes what it has in hand.
 */
export const commonWorkerOptions = {
  maxHeartbeatThrottleInterval: '500 milliseconds',
  defaultHeartbeatThrottleInterval: '500 milliseconds',
  stickyQueueScheduleToStartTimeout: '2 seconds',
  shutdownGraceTime: '30 seconds',
  shutdownForceTime: '40 seconds',
  // About a megabyte each; a workflow that is not cached is replayed, which takes milliseconds.
  maxCachedWorkflows: 200,
} satisfies Partial<WorkerOptions>;

/** Small store writes: more at once would only wait for the store's lock. */
export const smallIoSlots = 20;

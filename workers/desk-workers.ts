import { type NativeConnection, Worker } from '@temporalio/worker';
import { createPluginActivities, type PluginPorts } from '../activities/plugins.ts';
import { createRecordActivities } from '../activities/run-records.ts';
import { createValidationActivities } from '../activities/validation.ts';
import { commonWorkerOptions, smallIoSlots } from '../adapters/temporal-worker/worker-options.ts';
import type { ReadDeployed } from '../core/ports/deployed.ts';
import type { Store } from '../core/ports/store.ts';
import type { StrategyOutcome } from '../core/validation/run.ts';
import type { ValidationCompute } from '../core/ports/validation-compute.ts';

/** Everything from outside that the desk's workers use. */
export type DeskPorts = Readonly<{
  connection: NativeConnection;
  namespace: string;
  workflowBundle: { codePath: string };
  store: Store;
  compute: ValidationCompute;
  /** What is deployed, for L3; left out, nobody is asked. */
  readDeployed?: ReadDeployed;
  plugins: PluginPorts;
  /** Threads of `compute`: as many validations are taken from the queue at once. */
  threads: number;
  codeVersion: string;
  searchAttributes: readonly string[];
  /** Told of every verdict that this process reached, and of the CPU seconds that it took. */
  onOutcome?: (outcome: StrategyOutcome, cpuSeconds?: number) => void;
  /** How the server names this process; default: `pid@host`. */
  identity?: string;
}>;

/** Workflows, and activities that only write things down. */
export const createDeskWorker = (taskQueue: string, ports: DeskPorts): Promise<Worker> =>
  Worker.create({
    ...commonWorkerOptions,
    ...ofProcess(ports),
    taskQueue,
    workflowBundle: ports.workflowBundle,
    activities: createRecordActivities({ ...ports, nowMs: Date.now }),
    maxConcurrentActivityTaskExecutions: smallIoSlots,
  });

/** CPU work; a slot a thread, so that a task waits in the server's queue and not with its time limit running. */
export const createComputeWorker = (taskQueue: string, ports: DeskPorts): Promise<Worker> =>
  Worker.create({
    ...commonWorkerOptions,
    ...ofProcess(ports),
    taskQueue,
    activities: {
      ...createValidationActivities({ ...ports, nowMs: Date.now }),
      ...createPluginActivities(ports.plugins),
    },
    maxConcurrentActivityTaskExecutions: ports.threads,
  });

const ofProcess = ({ connection, namespace, identity }: DeskPorts) => ({
  connection,
  namespace,
  ...(identity === undefined ? {} : { identity }),
});

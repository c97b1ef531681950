import { type NativeConnection, Worker } from '@temporalio/worker';
import { createBookActivities } from '../activities/books.ts';
import { createOrderActivities, type OrderActivityPorts } from '../activities/orders.ts';
import { createOrderWatchActivities } from '../activities/order-watching.ts';
import { commonWorkerOptions } from '../adapters/temporal-worker/worker-options.ts';

/** What the workers of the order path use. */
export type OrderWorkerPorts = Readonly<{
  connection: NativeConnection;
  namespace: string;
  workflowBundle: { codePath: string };
  orders: OrderActivityPorts;
  /** How the server names this process; default: `pid@host`. */
  identity?: string;
}>;

/**
 * Steps of orders at once: as many as one guard takes updates, and few enough that none of them waits for another's
 * turn in the store. Nothing on this queue waits for a venue's evidence or computes.
 */
const stepSlots = 8;

/** Orders that are waited for at once (resting or unknown), an account keeper included; more wait in the queue. */
const watchSlots = 500;

/**
 * Orders from intent to answer. Their workflows run here as well: neither the desk's workflow tasks nor its activities
 * are in their way, and a step is handed over without a round through the server.
 */
export const createOrdersWorker = (taskQueue: string, ports: OrderWorkerPorts): Promise<Worker> =>
  Worker.create({
    ...commonWorkerOptions,
    ...ofProcess(ports),
    taskQueue,
    workflowBundle: ports.workflowBundle,
    activities: { ...createOrderActivities(ports.orders), ...createBookActivities(ports.orders) },
    maxConcurrentActivityTaskExecutions: stepSlots,
  });

/** Waiting for venues. Told to end, it lets go at once: another worker waits on. */
export const createMarketWorker = (taskQueue: string, ports: OrderWorkerPorts): Promise<Worker> =>
  Worker.create({
    ...commonWorkerOptions,
    ...ofProcess(ports),
    taskQueue,
    activities: createOrderWatchActivities(ports.orders),
    maxConcurrentActivityTaskExecutions: watchSlots,
    shutdownGraceTime: 0,
  });

const ofProcess = ({ connection, namespace, identity }: OrderWorkerPorts) => ({
  connection,
  namespace,
  ...(identity === undefined ? {} : { identity }),
});

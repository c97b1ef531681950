import { Client } from '@temporalio/client';
import { connectTemporal } from '../../../adapters/temporal/client/connect.ts';
import type { ConnectionSettings } from '../../../adapters/temporal/client/settings.ts';
import { provideServer } from '../../../adapters/temporal/server/provide-server.ts';
import { type DeskQueue, pollersOf, validationQueues } from './pollers.ts';
import { keepWorkerProcess } from './worker-process.ts';

/** A Temporal server with workers on it, and a client. */
export type Desk = Readonly<{
  client: Client;
  settings: ConnectionSettings;
  uiAddress: string | undefined;
  /** True when either server or worker ends with this process: nobody could go on with what is left over. */
  ours: boolean;
  /** True when workers of these queues end with this process. */
  workersEnd: boolean;
  /** True when the server ends with this process, and every worker with it. */
  serverEnds: boolean;
  /** Rejects when a server or worker of ours cannot be kept alive. */
  whenLost: Promise<void>;
  stop(): Promise<void>;
}>;

export type DeskOptions = Readonly<{
  onProgress: (line: string) => void;
  signal?: AbortSignal;
  /** Which have to be polled. @default what a validation needs */
  queues?: readonly DeskQueue[];
}>;

/** The server and workers that are there; what is missing is started for as long as this process runs. */
export async function provideDesk({ onProgress, signal, queues = validationQueues }: DeskOptions): Promise<Desk> {
  const server = await provideServer({ onProgress, ...(signal && { signal }) });
  const stops: (() => Promise<void>)[] = [() => server.stop()];
  const stop = async () => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const { connection, namespace } = await connectTemporal({ settings: server.settings, ...(signal && { signal }) });
    stops.push(() => connection.close());
    const client = new Client({ connection, namespace });
    const pollers = await Promise.all(queues.map((queue) => pollersOf(connection, namespace, queue)));
    const missing = queues.filter((_, place) => pollers[place]?.length === 0);
    const losses = [server.whenLost];
    if (missing.length > 0) {
      onProgress(`no worker polls ${missing.join(' and ')}: starting one for this run`);
      const worker = keepWorkerProcess({
        address: server.settings.address,
        queues: missing.join(','),
        // Who waits for the run sees its verdicts anyway.
        onLine: (line) => {
          if (!line.startsWith('validated ')) onProgress(line);
        },
      });
      stops.push(() => worker.stop());
      losses.push(worker.whenLost);
      await Promise.race([worker.whenReady, ...losses]);
    }
    const { settings, uiAddress } = server;
    const ours = server.source === 'ours' || missing.length > 0;
    const whenLost = Promise.race(losses);
    whenLost.catch(() => {}); // whoever waits for it gets the error
    const [workersEnd, serverEnds] = [missing.length > 0, server.source === 'ours'];
    return { client, settings, uiAddress, ours, workersEnd, serverEnds, whenLost, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

import { DeskError } from '../../../core/errors.ts';
import { type DevServer, type DevServerOptions, startDevServer } from './dev-server.ts';

/** A development server that is started again when it dies. */
export type KeptServer = Omit<DevServer, 'pid' | 'reused' | 'whenEnded'> &
  Readonly<{
    /** The server of now; its pid changes with each restart. */
    current(): DevServer;
    /** Rejects when the server cannot be kept any longer; pending until then, resolves after `stop`. */
    whenLost: Promise<void>;
  }>;

/** More deaths than this within the window mean that starting it again does not help. */
const restartLimit = 5;
const restartWindowMs = 60_000;

/**
 * Keeps a development server alive for as long as this process does: whoever ends it (a crash, the out-of-memory
 * killer, the other process that had started it), it is there again on the same ports and the same database file.
 */
export async function keepDevServer(options: DevServerOptions = {}): Promise<KeptServer> {
  const { onProgress = () => {} } = options;
  let server = await startDevServer(options);
  const samePlace = { ...options, port: portOf(server.address), uiPort: portOf(server.uiAddress) ?? 'none' } as const;
  let stopping = false;

  const keep = async () => {
    const deathsMs: number[] = [];
    for (;;) {
      await server.whenEnded();
      if (stopping) return;
      const nowMs = performance.now();
      deathsMs.push(nowMs);
      if (deathsMs.filter((ms) => nowMs - ms < restartWindowMs).length > restartLimit) {
        throw new DeskError('ProviderFailed', `the Temporal server ended ${restartLimit + 1} times within a minute`);
      }
      onProgress('the Temporal server has ended; starting it again');
      server = await startDevServer(samePlace);
      if (stopping) return server.stop();
      onProgress(`the Temporal server is back at ${server.address}`);
    }
  };
  const whenLost = keep();
  whenLost.catch(() => {}); // whoever waits for it gets the error
  const { address, uiAddress, serverVersion } = server;
  return {
    address,
    uiAddress,
    serverVersion,
    current: () => server,
    whenLost,
    async stop() {
      stopping = true;
      await server.stop();
      await whenLost.catch(() => {});
    },
  };
}

function portOf(address: string): number;
function portOf(address: string | undefined): number | undefined;
function portOf(address: string | undefined): number | undefined {
  return address === undefined ? undefined : Number(address.slice(address.lastIndexOf(':') + 1));
}

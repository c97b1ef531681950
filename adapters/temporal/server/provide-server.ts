import { connectTemporal } from '../client/connect.ts';
import { type ConnectionSettings, connectionSettings } from '../client/settings.ts';
import type { DevServerOptions } from './dev-server.ts';
import { checkHealth } from './health.ts';
import { keepDevServer } from './keep.ts';
import { findRunningServer } from './record.ts';

/** The Temporal server to work with, and who runs it. */
export type ProvidedServer = Readonly<{
  /** `given`: named by the user; `running`: was there on the usual port; `ours`: started (or joined) and kept by us. */
  source: 'given' | 'running' | 'ours';
  settings: ConnectionSettings;
  serverVersion: string;
  uiAddress: string | undefined;
  /** Rejects when a server of ours cannot be kept alive; never for others, which clients wait for. */
  whenLost: Promise<void>;
  /** Ends a server that we started, and only that. */
  stop(): Promise<void>;
}>;

/**
 * The server of this desk, in this order: the address that the user gives (it must answer: we never start another
 * instead), a server that runs on 127.0.0.1:7233, one of our own. A wish for a port of one's own skips the second.
 */
export async function provideServer(
  options: DevServerOptions & Readonly<{ settings?: ConnectionSettings }> = {},
): Promise<ProvidedServer> {
  const { settings = connectionSettings() } = options;
  if (settings.givenBy !== undefined) return given(settings, options);
  if (options.port === undefined && (await findRunningServer()) === undefined) {
    const healthy = await checkHealth(settings.address, settings.namespace);
    if (healthy !== undefined) {
      options.onProgress?.(`using the Temporal server ${healthy.serverVersion} that runs at ${settings.address}`);
      return { source: 'running', settings, ...healthy, uiAddress: undefined, ...notOurs };
    }
  }
  const kept = await keepDevServer(options);
  return {
    source: 'ours',
    settings: { ...settings, address: kept.address },
    serverVersion: kept.serverVersion,
    uiAddress: kept.uiAddress,
    whenLost: kept.whenLost,
    stop: kept.stop,
  };
}

const notOurs = { whenLost: new Promise<void>(() => {}), stop: async () => {} };

async function given(settings: ConnectionSettings, { onProgress, signal }: DevServerOptions): Promise<ProvidedServer> {
  const { connection } = await connectTemporal({
    settings,
    ...(onProgress && { onWait: onProgress }),
    ...(signal && { signal }),
  });
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  await connection.close();
  onProgress?.(`using the Temporal server ${serverVersion} at ${settings.address} (${settings.givenBy})`);
  return { source: 'given', settings, serverVersion: serverVersion ?? 'unknown', uiAddress: undefined, ...notOurs };
}

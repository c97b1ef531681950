import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { DeskError } from '../../../core/errors.ts';
import { loopback } from '../server/arguments.ts';
import { findRunningServer } from '../server/record.ts';

/** Where to find the Temporal server, and how to get in. */
export type ConnectionSettings = Readonly<{
  address: string;
  namespace: string;
  /** Who named the address: the user by one of these, or nobody (then it is 127.0.0.1:7233). */
  givenBy: 'TEMPORAL_ADDRESS' | 'temporal.toml' | undefined;
  /** TLS, API key and metadata: for `Connection.connect` and `NativeConnection.connect` alike. */
  access: Pick<ConnectionOptions, 'tls'> & Readonly<{ apiKey?: string; metadata?: Record<string, string> }>;
}>;

const defaultAddress = `${loopback}:7233`;

/** Temporal's own rules for clients: `TEMPORAL_*` variables over the profile in temporal.toml. */
export function connectionSettings(
  env: Readonly<Record<string, string | undefined>> = process.env,
): ConnectionSettings {
  const { connectionOptions, namespace } = load(env);
  const { address, tls, apiKey, metadata } = connectionOptions;
  const fromEnv = Boolean(env['TEMPORAL_ADDRESS']);
  return {
    address: address ?? defaultAddress,
    namespace: namespace ?? 'default',
    givenBy: address === undefined ? undefined : fromEnv ? 'TEMPORAL_ADDRESS' : 'temporal.toml',
    access: {
      ...(tls !== undefined && { tls }),
      ...(typeof apiKey === 'string' && { apiKey }),
      ...(metadata !== undefined && { metadata: metadata as Record<string, string> }),
    },
  };
}

/** The settings to use now: where the user names no address, the desk's own server on whatever port it runs. */
export async function currentSettings(): Promise<ConnectionSettings> {
  const settings = connectionSettings();
  if (settings.givenBy !== undefined) return settings;
  const running = await findRunningServer();
  return running === undefined ? settings : { ...settings, address: running.address };
}

function load(env: Readonly<Record<string, string | undefined>>) {
  // A variable that is set to nothing counts as not set.
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (cause) {
    // SDK 1.24 stumbles over a file in which no profile stands: it says nothing, so the environment alone counts.
    const noProfile = cause instanceof TypeError && overrideEnvVars['TEMPORAL_PROFILE'] === undefined;
    if (noProfile) return loadClientConnectConfig({ overrideEnvVars, disableFile: true });
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DeskError('BadInput', message.split('\n', 1)[0] ?? '', {
      file: env['TEMPORAL_CONFIG_FILE'] ?? 'temporal.toml',
      expected: "settings as Temporal's environment configuration describes them",
      cause,
    });
  }
}

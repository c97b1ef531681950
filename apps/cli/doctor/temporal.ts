import type { Connection } from '@temporalio/client';
import { pathSource } from '../../../adapters/temporal/cli/on-path.ts';
import { cacheSource } from '../../../adapters/temporal/cli/cached.ts';
import { provideTemporalCli } from '../../../adapters/temporal/cli/provide-cli.ts';
import { connectTemporal } from '../../../adapters/temporal/client/connect.ts';
import { ensureSearchAttributes } from '../../../adapters/temporal/client/search-attributes.ts';
import { type ConnectionSettings, currentSettings } from '../../../adapters/temporal/client/settings.ts';
import { measureTimer } from '../../../adapters/temporal/client/timer-latency.ts';
import { latencySettings } from '../../../adapters/temporal/server/arguments.ts';
import { isFree, whoListens } from '../../../adapters/temporal/server/ports.ts';
import { findRunningServer, type ServerRecord } from '../../../adapters/temporal/server/record.ts';
import { DeskError } from '../../../core/errors.ts';
import { deskQueues, pollersOf } from '../desk/pollers.ts';
import { type Check, messageOf } from './check.ts';

const connectLimitMs = 3_000;
/** A timer of 50 ms takes about 100 ms on a server with our settings and 1,000 ms on a stock one. */
const slowTimerMs = 300;
const usualPorts = [7233, 8233] as const;

/** The CLI that is there already: a check downloads nothing. */
export async function checkCli(): Promise<Check> {
  const name = 'temporal CLI';
  try {
    const { path, source, version, serverVersion } = await provideTemporalCli({ sources: [pathSource(), cacheSource] });
    return { name, state: 'ok', found: `${version} (server ${serverVersion}) from ${source}: ${path}` };
  } catch (error) {
    if (!(error instanceof DeskError) || error.code !== 'ProviderFailed') throw error;
    const advice = 'nothing to do: the first start provides it (or install it: https://docs.temporal.io/cli)';
    return { name, state: 'warn', found: 'none on PATH and none in the cache folder', advice };
  }
}

/** Everything about the server: who runs it, its namespace, search attributes and latency. */
export async function checkServer(): Promise<Check[]> {
  const name = 'temporal server';
  let settings: ConnectionSettings;
  try {
    settings = await currentSettings();
  } catch (error) {
    return [{ name, state: 'broken', found: messageOf(error), advice: 'correct temporal.toml or TEMPORAL_*' }];
  }
  try {
    const { connection } = await connectTemporal({ settings, limitMs: connectLimitMs });
    try {
      return await checksOf(connection, settings);
    } finally {
      await connection.close();
    }
  } catch (error) {
    const given = settings.givenBy !== undefined;
    const missing = error instanceof DeskError && error.code === 'NotFound';
    const found = missing
      ? `${error.message}: ${settings.namespace}`
      : given
        ? messageOf(error)
        : `none at ${settings.address}`;
    const create = `create it: nightdesk temporal operator namespace create -n ${settings.namespace}`;
    const start = given
      ? 'start that server, or unset it to use one of our own'
      : 'start one: nightdesk up (or nightdesk server)';
    return [{ name, state: given || missing ? 'broken' : 'warn', found, advice: missing ? create : start }];
  }
}

async function checksOf(connection: Connection, settings: ConnectionSettings): Promise<Check[]> {
  const { address, namespace, givenBy } = settings;
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const ours = await findRunningServer();
  const isOurs = ours?.address === address;
  const who = isOurs ? `ours, pid ${ours.pid}` : `not ours, ${givenBy ?? 'found on the usual port'}`;
  const server: Check = { name: 'temporal server', state: 'ok', found: `${serverVersion} at ${address} (${who})` };
  return [
    server,
    await checkNamespace(connection, namespace),
    await checkAttributes(connection, namespace),
    await checkWorkers(connection, namespace),
    await checkLatency(connection, { namespace, ours: isOurs ? ours : undefined }),
  ];
}

async function checkNamespace(connection: Connection, namespace: string): Promise<Check> {
  const name = 'namespace';
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const hours = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 3_600;
    return { name, state: 'ok', found: `${namespace}, keeps ended workflows ${hours} h` };
  } catch (error) {
    return { name, state: 'warn', found: `${namespace} cannot be looked at: ${messageOf(error)}` };
  }
}

async function checkAttributes(connection: Connection, namespace: string): Promise<Check> {
  const name = 'search attributes';
  const { usable, added, leftOut } = await ensureSearchAttributes(connection, namespace);
  const found = [usable.join(', '), added.length > 0 ? `added now: ${added.join(', ')}` : '', ...leftOut];
  const line = found.filter(Boolean).join('; ');
  if (leftOut.length === 0) return { name, state: 'ok', found: line };
  const advice = 'the desk works without them; to search by them, have the operator add them as Keyword';
  return { name, state: 'warn', found: line, advice };
}

async function checkWorkers(connection: Connection, namespace: string): Promise<Check> {
  const name = 'workers';
  try {
    const pollers = await Promise.all(deskQueues.map((queue) => pollersOf(connection, namespace, queue)));
    const found = deskQueues.map((queue, place) => `${pollers[place]?.length ?? 0} on ${queue}`).join(', ');
    if (pollers.every(({ length }) => length > 0)) return { name, state: 'ok', found };
    return {
      name,
      state: 'warn',
      found,
      advice: 'nothing runs until there is one: nightdesk up (or nightdesk worker)',
    };
  } catch (error) {
    return { name, state: 'warn', found: `cannot be asked for: ${messageOf(error)}` };
  }
}

async function checkLatency(
  connection: Connection,
  { namespace, ours }: Readonly<{ namespace: string; ours: ServerRecord | undefined }>,
): Promise<Check> {
  const name = 'server latency';
  try {
    const tookMs = await measureTimer(connection, namespace);
    const found = `a timer of 50 ms takes ${Math.round(tookMs)} ms`;
    if (tookMs <= slowTimerMs) return { name, state: 'ok', found };
    const flags = latencySettings.map((setting) => `--dynamic-config-value '${setting}'`).join(' ');
    const advice =
      ours === undefined ? `steps get about 3 x quicker when it is started with ${flags}` : 'the machine is busy';
    return { name, state: 'warn', found, advice };
  } catch (error) {
    return { name, state: 'warn', found: `could not be measured: ${messageOf(error)}` };
  }
}

/** Ports that a server of ours would take: free, or held by a server that we can use. */
export async function checkPorts(): Promise<Check> {
  const ours = await findRunningServer();
  const states = await Promise.all(usualPorts.map((port) => describePort(port, ours)));
  const found = states.map(({ text }) => text).join(', ');
  if (states.every(({ fine }) => fine)) return { name: 'ports', state: 'ok', found };
  return {
    name: 'ports',
    state: 'warn',
    found,
    advice: 'use that server, or choose other ports: --port and --ui-port',
  };
}

async function describePort(port: number, ours: ServerRecord | undefined): Promise<{ text: string; fine: boolean }> {
  if (await isFree(port)) return { text: `${port} free`, fine: true };
  const isOurs = [ours?.address, ours?.uiAddress].some((address) => address?.endsWith(`:${port}`));
  if (isOurs) return { text: `${port} ours`, fine: true };
  return { text: `${port} taken by ${(await whoListens(port)) ?? 'another program'}`, fine: false };
}

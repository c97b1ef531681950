import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DeskError } from '../../../core/errors.ts';
import { provideTemporalCli } from '../cli/provide-cli.ts';
import type { TemporalCli } from '../cli/source.ts';
import { exclusively } from '../exclusive.ts';
import { startToken } from '../process.ts';
import { loopback, serverArguments } from './arguments.ts';
import { prepareDatabase } from './database-file.ts';
import { endProcess } from './end-process.ts';
import { checkHealth } from './health.ts';
import { launchServer, type ServerProcess } from './launch.ts';
import { openLog } from './log-file.ts';
import { freePort, isFree, whoListens } from './ports.ts';
import { defaultDatabase, readLiveRecord, recordFileOf, type ServerRecord, writeRecord } from './record.ts';

export type DevServerOptions = Readonly<{
  /** @default 7233 */
  port?: number;
  /** Port of the Web UI; `none` starts no UI. @default port + 1000, or a free one when that is taken */
  uiPort?: number | 'none';
  /** The database file, or `memory` (everything is lost at the end). @default temporal/desk.db in the state folder */
  dbFile?: string;
  /** Of limited size (log-file.ts). @default server.log beside the database file */
  logFile?: string;
  /** The CLI to start. @default what `provideTemporalCli` finds or provides */
  cli?: TemporalCli;
  /** A line for people about what is being done. */
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}>;

/** A development server on loopback that answers. */
export type DevServer = Readonly<{
  address: string;
  uiAddress: string | undefined;
  pid: number;
  serverVersion: string;
  /** True when it was there already: then it ends with whoever started it, and `stop` leaves it alone. */
  reused: boolean;
  /** Resolves when the server has ended, by whomever, or `stop` was called. */
  whenEnded(): Promise<void>;
  stop(): Promise<void>;
}>;

const readyLimitMs = 60_000;
/** A server that is there and silent for so long hangs. It starts in less than a second. */
const silenceLimitMs = 10_000;
const pollMs = 50;

/**
 * Starts our development server, or joins the one that already runs on the same database file: two starts at once end
 * with one server. It ends with this process, however that ends.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const { onProgress = () => {}, signal } = options;
  const cli = options.cli ?? (await provideTemporalCli({ onProgress, ...(signal && { signal }) }));
  const dbFile = options.dbFile ?? defaultDatabase();
  const logFile = options.logFile ?? join(dirname(dbFile === 'memory' ? defaultDatabase() : dbFile), 'server.log');
  if (dbFile === 'memory') return launch({ ...options, cli, logFile, dbFile: undefined });

  const recordFile = recordFileOf(dbFile);
  const onWait = () => onProgress('waiting for another process that starts the server');
  return exclusively(
    `${dbFile}.lock`,
    async () => {
      const running = await readLiveRecord(recordFile);
      if (running !== undefined && (await becomesHealthy(running))) {
        onProgress(`the Temporal server of this desk runs already at ${running.address}`);
        return joined(running, logFile);
      }
      if (running !== undefined) await endProcess(running.pid, running.startToken);
      const aside = await prepareDatabase(dbFile, cli.serverVersion);
      if (aside !== undefined) onProgress(`the server's database is of another version and was set aside as ${aside}`);
      return launch({ ...options, cli, logFile, dbFile }, recordFile);
    },
    { onWait, signal },
  );
}

type Launch = Omit<DevServerOptions, 'dbFile'> &
  Readonly<{ cli: TemporalCli; logFile: string; dbFile: string | undefined }>;

async function launch(options: Launch, recordFile?: string): Promise<DevServer> {
  const { port = 7233, cli, logFile, dbFile, onProgress = () => {}, signal } = options;
  await requireFree(port, '--port');
  const uiPort = await chooseUiPort(port, options.uiPort);
  onProgress(`starting Temporal server ${cli.serverVersion} on ${loopback}:${port}`);
  const server = await launchServer(cli.path, serverArguments({ port, uiPort, dbFile }), logFile);
  const record: ServerRecord = {
    pid: server.pid,
    startToken: server.startToken,
    address: `${loopback}:${port}`,
    uiAddress: uiPort === undefined ? undefined : `http://${loopback}:${uiPort}`,
    serverVersion: cli.serverVersion,
  };
  try {
    if (recordFile !== undefined) await writeRecord(recordFile, record);
    await ready(server, { port, logFile, signal });
  } catch (error) {
    await server.stop();
    if (recordFile !== undefined) await rm(recordFile, { force: true });
    throw error;
  }
  return {
    ...record,
    reused: false,
    whenEnded: async () => void (await server.ended),
    async stop() {
      await server.stop();
      if (recordFile !== undefined) await rm(recordFile, { force: true });
    },
  };
}

/** A server whose starter died while it came up is given the time to get ready. */
async function becomesHealthy({ address, pid, startToken: token }: ServerRecord): Promise<boolean> {
  for (const until = performance.now() + silenceLimitMs; performance.now() < until; await pause(pollMs)) {
    if ((await checkHealth(address)) !== undefined) return true;
    if ((await startToken(pid)) !== token) return false;
  }
  return false;
}

function joined(record: ServerRecord, logFile: string): DevServer {
  const left = new AbortController();
  return {
    ...record,
    reused: true,
    async whenEnded() {
      const log = openLog(logFile); // to keep its size limited: whoever started the server may be gone
      while (!left.signal.aborted && (await startToken(record.pid)) === record.startToken) await pause(pollMs * 5);
      log.close();
    },
    async stop() {
      left.abort();
    },
  };
}

async function ready(
  server: ServerProcess,
  { port, logFile, signal }: Readonly<{ port: number; logFile: string; signal: AbortSignal | undefined }>,
): Promise<void> {
  let output: string | undefined;
  void server.ended.then((tail) => (output = tail));
  for (const until = performance.now() + readyLimitMs; performance.now() < until; await pause(pollMs)) {
    signal?.throwIfAborted();
    if (output !== undefined) {
      if (!(await isFree(port))) await requireFree(port, '--port'); // somebody was faster
      const found = output.split('\n').at(-1) ?? '';
      throw new DeskError('ProviderFailed', 'the Temporal server ended while it started', { file: logFile, found });
    }
    if ((await checkHealth(`${loopback}:${port}`)) !== undefined) return;
  }
  throw new DeskError('TimedOut', `the Temporal server was not ready in ${readyLimitMs / 1_000} s`, { file: logFile });
}

async function chooseUiPort(port: number, wanted: number | 'none' | undefined): Promise<number | undefined> {
  if (wanted === 'none') return undefined;
  if (wanted !== undefined) {
    await requireFree(wanted, '--ui-port');
    return wanted;
  }
  const usual = port + 1_000;
  return usual <= 65_535 && (await isFree(usual)) ? usual : freePort();
}

async function requireFree(port: number, option: string): Promise<void> {
  if (await isFree(port)) return;
  const who = (await whoListens(port)) ?? 'another program';
  const temporal = await checkHealth(`${loopback}:${port}`);
  const advice = temporal
    ? `that is a Temporal server ${temporal.serverVersion}: use it (TEMPORAL_ADDRESS=${loopback}:${port}), or choose another port with ${option}`
    : `end it, or choose another port with ${option}`;
  throw new DeskError('ProviderFailed', `port ${port} is taken by ${who}; ${advice}`);
}

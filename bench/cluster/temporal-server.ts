import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { provideTemporalCli } from '../../adapters/temporal/cli/provide-cli.ts';
import { runProgram } from '../../adapters/temporal/run-program.ts';
import { isFree } from '../../adapters/temporal/server/ports.ts';
import { cacheFolder, projectFolder } from '../../config/paths.ts';
import { postgresPassword, postgresUser } from '../../tests/postgres-server.ts';

const moduleFolder = join(projectFolder, 'tools', 'temporal-server');
const programs = {
  'temporal-server': 'go.temporal.io/server/cmd/server',
  'temporal-sql-tool': 'go.temporal.io/server/cmd/tools/sql',
} as const;

/** The folder of the server and its schema tool; built with Go where they are not in the cache yet (minutes). */
export async function temporalPrograms(): Promise<string> {
  const [, version = ''] =
    /go\.temporal\.io\/server v(\S+)/.exec(readFileSync(join(moduleFolder, 'go.mod'), 'utf8')) ?? [];
  const folder = join(cacheFolder(), 'temporal-server', version);
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(programs)) {
    const file = join(folder, name);
    if (existsSync(file)) continue;
    process.stderr.write(`cluster: building ${name} ${version} with Go\n`);
    const args = ['build', '-mod=readonly', '-trimpath', '-ldflags', '-s -w', '-o', file, source];
    await succeed('go', args, { cwd: moduleFolder, env: process.env });
  }
  return folder;
}

/** Runs a program to its end; what it says is the error's. */
async function succeed(program: string, args: readonly string[], how: { cwd?: string; env: NodeJS.ProcessEnv }) {
  const { code, stderr } = await runProgram(program, args, { ...how, timeoutMs: 20 * 60_000 });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`);
}

export type ClusterServer = Readonly<{
  address: string;
  schemaSeconds: number;
  /** From the start of the server until its namespace can be used. */
  serverSeconds: number;
  stop(): Promise<void>;
}>;

/** A Temporal server on a PostgreSQL server, set up by the scripts that docker-compose.yml runs, from the same settings. */
export async function startTemporalServer(postgresPort: number): Promise<ClusterServer> {
  const folder = await temporalPrograms();
  const { path: cli } = await provideTemporalCli();
  const PATH = [folder, dirname(cli), process.env['PATH'] ?? ''].join(':');
  const script = (name: string) => join(projectFolder, 'docker', name);
  const startedMs = performance.now();
  const sql = { SQL_HOST: '127.0.0.1', SQL_PORT: String(postgresPort), SQL_USER: postgresUser };
  await succeed('sh', [script('setup-schema.sh')], { env: { PATH, ...sql, SQL_PASSWORD: postgresPassword } });
  const schemaMs = performance.now();
  const { port, settings } = await ports();
  const server = spawn(join(folder, 'temporal-server'), ['start'], {
    stdio: ['ignore', 2, 2], // standard output belongs to the rows
    env: {
      PATH,
      DB: 'postgres12',
      DB_PORT: String(postgresPort),
      POSTGRES_SEEDS: '127.0.0.1',
      POSTGRES_USER: postgresUser,
      POSTGRES_PWD: postgresPassword,
      NUM_HISTORY_SHARDS: '8',
      BIND_ON_IP: '127.0.0.1',
      DYNAMIC_CONFIG_FILE_PATH: script('dynamic-config.yaml'),
      LOG_LEVEL: 'fatal',
      ...settings,
    },
  });
  const ended = once(server, 'exit');
  const address = `127.0.0.1:${port}`;
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const lost = ended.then(([code]) => Promise.reject(new Error(`the Temporal server ended with ${code}`)));
  lost.catch(() => {}); // it ends when it is stopped, too
  try {
    const namespace = succeed('sh', [script('create-namespace.sh')], { env: { PATH, TEMPORAL_ADDRESS: address } });
    await Promise.race([namespace, lost]);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const schemaSeconds = (schemaMs - startedMs) / 1_000;
  return { address, schemaSeconds, serverSeconds: (performance.now() - schemaMs) / 1_000, stop };
}

const portNames = [
  ...['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'].flatMap((name) => [`${name}_GRPC_PORT`, `${name}_MEMBERSHIP_PORT`]),
  'FRONTEND_HTTP_PORT',
];

/**
 * A port for each thing that the server listens on, away from its usual ones. Below 32768, where the system takes the
 * ports of outgoing connections from: the server opens many before it listens everywhere.
 */
async function ports(): Promise<{ port: number; settings: Record<string, string> }> {
  for (let first = 17_000; first < 32_000; first += 100) {
    const numbers = portNames.map((_, i) => first + i);
    if ((await Promise.all(numbers.map(isFree))).every(Boolean)) {
      return { port: first, settings: Object.fromEntries(portNames.map((name, i) => [name, String(first + i)])) };
    }
  }
  throw new Error('no ports are free for a Temporal server');
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { freePort } from '../adapters/temporal/server/ports.ts';

/** The superuser. */
export const postgresUser = 'desk';
/** Has what URLs have to escape, and must never be seen in anything that is printed. */
export const postgresPassword = 's3cret/@:%word';

export type PostgresServer = Readonly<{
  port: number;
  urlOf(database: string): string;
  /** The URL of a database that nobody else has. */
  newDatabase(options?: string): Promise<string>;
  /** Runs statements as the superuser, each by itself. */
  sql(statements: readonly string[], database?: string): Promise<readonly Record<string, unknown>[]>;
  /** May be written by the server's user; gone with the server. */
  newFolder(): string;
  /** The user that the server runs as, where we are root; who gives it a folder must do so by this. */
  give(folder: string): void;
  restart(between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}>;

/** The folder of `initdb` and `postgres`: Debian keeps them off the PATH. The newest where there are several. */
const programs = ((): string | undefined => {
  const installed = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => versionOf(b) - versionOf(a));
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...installed];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
})();

function versionOf(folder: string): number {
  return Number(/postgresql\/(\d+)/.exec(folder)?.[1] ?? 0);
}

/** Why tests on PostgreSQL are skipped here; undefined where they run. */
export const noPostgres =
  programs === undefined
    ? 'initdb and postgres are not on this machine (apt-get install postgresql brings them)'
    : undefined;

/** Whom the server runs as: it refuses root. */
const owner = (): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string, name: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString());
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) };
    } catch {
      // no such user
    }
  }
  return {};
};

/**
 * Starts a server of its own in a new folder (2 s); it and all that it holds are gone when it is stopped. Tests need
 * nothing that outlives a power cut: only `durable` writes to the disk at every commit, as a real one does.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  if (programs === undefined) throw new Error(noPostgres);
  const as = owner();
  const give = (folder: string) => {
    if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  };
  const folders: string[] = [];
  const newFolder = () => {
    const made = mkdtempSync(join(tmpdir(), 'nightdesk-pg-'));
    folders.push(made);
    give(made);
    return made;
  };
  const folder = newFolder();
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, postgresPassword);
  give(passwordFile);
  const how = { cwd: folder, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' }, ...as };
  const initdb = [
    '-D',
    data,
    '-U',
    postgresUser,
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--no-sync',
  ];
  execFileSync(join(programs, 'initdb'), initdb, { ...how, stdio: 'pipe' });
  const port = await freePort();
  const fsync = durable ? 'on' : 'off';
  const settings = { port, unix_socket_directories: folder, listen_addresses: '127.0.0.1', fsync };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let server = await launch(join(programs, 'postgres'), args, how);
  const urlOf = (database: string) =>
    `postgres://${postgresUser}:${encodeURIComponent(postgresPassword)}@127.0.0.1:${port}/${database}`;
  let databases = 0;
  const sql: PostgresServer['sql'] = async (statements, database = 'postgres') => {
    const client = new Client({ connectionString: urlOf(database) });
    await client.connect();
    try {
      let rows: readonly Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
  return {
    port,
    urlOf,
    async newDatabase(options = '') {
      const name = `test_${databases++}`;
      await sql([`CREATE DATABASE ${name} ${options}`]);
      return urlOf(name);
    },
    sql,
    newFolder,
    give,
    async restart(between = async () => {}) {
      await end(server);
      await between();
      server = await launch(join(programs, 'postgres'), args, how);
    },
    async stop() {
      await end(server);
      for (const made of folders) rmSync(made, { recursive: true, force: true });
    },
  };
}

type How = Readonly<{ cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number }>;

async function launch(program: string, args: readonly string[], how: How): Promise<ChildProcess> {
  const child = spawn(program, args, { ...how, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said.join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.length < 20) said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
  });
  return child;
}

/** SIGINT: its clients are told, and it ends at once and in order. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGINT');
  await ended;
}

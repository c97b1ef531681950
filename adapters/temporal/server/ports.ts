import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { runProgram } from '../run-program.ts';
import { loopback } from './arguments.ts';

/** Whether something accepts connections there. */
export function isListening(port: number, host: string = loopback, limitMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: limitMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject()));
    });
  });
}

/** Whether a server of ours could listen there now: a bind tells, where a connection attempt would not. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, loopback, () => server.close(() => resolve(true)));
  });
}

/** Who listens on the port, for people: `node (pid 4711)`; undefined when the system does not tell us. */
export async function whoListens(port: number): Promise<string | undefined> {
  const pid = process.platform === 'linux' ? await listenerOnLinux(port) : await listenerByLsof(port);
  if (pid === undefined) return undefined;
  const { code, stdout } =
    process.platform === 'linux'
      ? { code: 0, stdout: await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '') }
      : await runProgram('ps', ['-o', 'comm=', '-p', pid]);
  const name = code === 0 ? stdout.trim() : '';
  return name === '' ? `pid ${pid}` : `${name} (pid ${pid})`;
}

async function listenerByLsof(port: number): Promise<string | undefined> {
  const { code, stdout } = await runProgram('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp']);
  return code === 0 ? /^p(\d+)$/m.exec(stdout)?.[1] : undefined;
}

/** The socket's inode is in /proc/net/tcp; its owner has it among its open files (ours to read for our own processes). */
async function listenerOnLinux(port: number): Promise<string | undefined> {
  const listening = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  const inode = rows.find(([, local, , state]) => local?.endsWith(suffix) && state === listening)?.[9];
  if (inode === undefined) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
    if (links.includes(`socket:[${inode}]`)) return pid;
  }
  return undefined;
}

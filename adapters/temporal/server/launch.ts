import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startToken } from '../process.ts';
import { endProcess } from './end-process.ts';
import { openLog } from './log-file.ts';

/** A server process that we started. */
export type ServerProcess = Readonly<{
  pid: number;
  startToken: string;
  /** Resolves when it has ended, by whomever, with the last lines that it wrote. */
  ended: Promise<string>;
  stop(): Promise<void>;
}>;

/**
 * Starts a program that ends with us, also when we are killed (guard.ts sees to that). It writes straight to a log of
 * limited size: with a pipe to us, one that outlives us and the guard would die with its next line.
 */
export async function launchServer(path: string, args: readonly string[], logFile: string): Promise<ServerProcess> {
  const log = openLog(logFile);
  const child = spawn(path, args, {
    stdio: ['ignore', log.descriptor, log.descriptor],
    detached: true, // Ctrl-C on the terminal is ours to pass on: workers end before their server
    windowsHide: true,
    env: withoutTemporal(),
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => {
      resolve(log.tail());
      log.close();
    });
  });
  await once(child, 'spawn'); // rejects when there is no such program; `close` comes all the same
  const pid = child.pid ?? 0;
  const token = await startToken(pid);
  if (token === undefined) return { pid, startToken: '', ended, stop: async () => {} }; // it has ended at once

  const guard = spawn(process.execPath, [fileURLToPath(new URL('guard.ts', import.meta.url)), String(pid), token], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    windowsHide: true,
  });
  guard.unref();
  guard.stdin.on('error', () => {}); // the guard was killed: the next start cleans up instead
  void ended.then(() => guard.kill('SIGKILL'));
  return {
    pid,
    startToken: token,
    ended,
    async stop() {
      await endProcess(pid, token);
      await ended;
    },
  };
}

/** The user's client settings (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …) are not meant for a server that we start. */
const withoutTemporal = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));

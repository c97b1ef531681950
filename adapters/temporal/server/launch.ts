import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startToken } from '../process.ts';
import { endProcess } from './end-process.ts';
import { rotatingLog } from './log-file.ts';

/** A server process that we started. */
export type ServerProcess = Readonly<{
  pid: number;
  startToken: string;
  /** Resolves when it has ended, by whomever, with the last lines that it wrote. */
  ended: Promise<string>;
  stop(): Promise<void>;
}>;

const tailLimitChars = 2_000;

/**
 * Starts a program that ends with us, also when we are killed (guard.ts sees to that). What it writes goes to a log of
 * limited size.
 */
export async function launchServer(path: string, args: readonly string[], logFile: string): Promise<ServerProcess> {
  const child = spawn(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C on the terminal is ours to pass on: workers end before their server
    windowsHide: true,
    env: withoutTemporal(),
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const tail = logOutput(child, logFile);
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(tail())));
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

/** Writes both outputs to the log and keeps their last lines for an error message. */
function logOutput(child: ChildProcess, logFile: string): () => string {
  const log = rotatingLog(logFile);
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-tailLimitChars);
      log.write(chunk);
    });
  }
  child.once('close', () => log.end());
  return () => tail.trim();
}

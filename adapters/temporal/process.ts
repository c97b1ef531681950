import { readFile } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

/**
 * When a process started, as a token that only its equals mean something to: with the pid it names one process for
 * good, even after the pid is given to another. Undefined when no such process runs (a zombie does not).
 */
export async function startToken(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The name in parentheses may hold spaces; after it come the state (field 3) and so on up to starttime (field 22).
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
  }
  if (process.platform === 'win32') return isRunning(pid) ? 'running' : undefined;
  const { code, stdout } = await runProgram('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' }, // the token must not depend on who asks
  });
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** Whether any process has the pid, ours or another user's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { startToken } from '../process.ts';

const graceMs = 10_000;
const pollMs = 50;

/** Ends the process that has this pid and start: asks, and after ten seconds kills. Resolves when it is gone. */
export async function endProcess(pid: number, token: string): Promise<void> {
  const isThere = async () => (await startToken(pid)) === token;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isThere())) return;
    try {
      process.kill(pid, signal);
    } catch {
      return; // gone in between
    }
    for (let waitedMs = 0; waitedMs < graceMs && (await isThere()); waitedMs += pollMs) await pause(pollMs);
  }
}

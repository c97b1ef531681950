import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Kills a process that started a server, and the guard that would end the server with it. Linux only. */
export async function killWithGuard(child: ChildProcess): Promise<void> {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  // By its name: the process may have asked something of another one just now.
  const guard = children.find((other) => readFileSync(`/proc/${other}/cmdline`, 'utf8').includes('guard.ts'));
  if (guard === undefined) throw new Error(`process ${child.pid} has no guard`);
  // Both stand still first, so that neither sees the other go.
  child.kill('SIGSTOP');
  process.kill(guard, 'SIGSTOP');
  process.kill(guard, 'SIGKILL');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

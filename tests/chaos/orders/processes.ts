import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** A process of ours that faults strike. */
export type Victim = Readonly<{
  pid: number;
  /** Resolves with its ready line. */
  ready: Promise<string>;
  ended: Promise<void>;
  hasEnded(): boolean;
  isStopped(): boolean;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Closes its standard input, and ends it by force after a second. */
  end(): Promise<void>;
}>;

export type Launch = Readonly<{
  entry: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  isReady: (line: string) => boolean;
  /** Every line that it writes. */
  onLine?: (line: string) => void;
}>;

const forceAfterMs = 1_000;

/** Starts a TypeScript entry under this Node. It ends with this process, because its standard input closes then. */
export function launch({ entry, args = [], env = {}, isReady, onLine = () => {} }: Launch): Victim {
  const child: ChildProcess = spawn(process.execPath, [entry, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let over = false;
  let last = '';
  child.once('exit', () => (over = true));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        last = line;
        onLine(line);
        if (isReady(line)) resolve(line);
      });
    }
    void ended.then(() => reject(new Error(`${entry} ended before it was ready: ${last}`)));
  });
  ready.catch(() => {}); // whoever waits for it gets the error
  const signal = (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => {
    if (!over) child.kill(name);
  };
  return {
    pid: child.pid ?? -1,
    ready,
    ended,
    hasEnded: () => over,
    isStopped: () => !over && stateOf(child.pid ?? -1) === 'T',
    signal,
    end: async () => {
      signal('SIGCONT');
      child.stdin?.destroy();
      const force = setTimeout(() => signal('SIGKILL'), forceAfterMs);
      await ended;
      clearTimeout(force);
    },
  };
}

/** One letter of the kernel: R running, S sleeping, T stopped, Z gone. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** Asks again and again until something holds, or the time is over: says which. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs: number, everyMs = 50): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() >= endMs) return false;
    await pause(everyMs);
  }
  return true;
}

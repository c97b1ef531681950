import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../../config/paths.ts';
import { DeskError, type ErrorCode, errorRules } from '../../../core/errors.ts';

export type WorkerProcessOptions = Readonly<{
  /** Of the Temporal server; default: where the desk's settings say. */
  address?: string;
  queues?: string;
  verify?: boolean;
  /** On top of this process's own environment. */
  env?: Readonly<Record<string, string>>;
  /** Every line that the worker writes, its ready line included. */
  onLine: (line: string) => void;
}>;

export type WorkerProcess = Readonly<{
  pid: number;
  /** Resolves when it polls; rejects when it ends before. */
  whenReady: Promise<void>;
  /** Its exit code; -1 after a signal. */
  whenEnded: Promise<number>;
  /** Lets it finish what it has in hand, and ends it by force after ten seconds. */
  stop(): Promise<void>;
}>;

/**
 * Where Node keeps compiled code, types already stripped, for the process and its threads: a thread is up after 0.2 s
 * of CPU instead of 0.5 s, which matters when a worker is started again in the middle of a run.
 */
const compileCache = join(cacheFolder(), 'node');

/**
 * A worker has as many computing threads as cores: V8's helpers would take the cores from them to collect their garbage.
 * On two cores activities get 94 % of all CPU with it, 88 % without.
 */
const collectInThread = '--single-threaded-gc';

const forceAfterMs = 10_000;

/**
 * Starts workers/main.ts as a process of its own. It ends with this one, however that ends (its standard input
 * closes), and Ctrl-C on the terminal does not reach it: whoever started it decides.
 */
export const startWorkerProcess = (options: WorkerProcessOptions): WorkerProcess => launch(options, []);

function launch(
  { address, queues, verify, env, onLine }: WorkerProcessOptions,
  more: readonly string[],
): WorkerProcess {
  const args = [
    fileURLToPath(new URL('../../../workers/main.ts', import.meta.url)),
    '--with-parent',
    ...(address === undefined ? [] : ['--address', address]),
    ...(queues === undefined ? [] : ['--queues', queues]),
    ...(verify === true ? ['--verify'] : []),
    ...more,
  ];
  const child = spawn(process.execPath, [collectInThread, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env },
  });
  const whenEnded = new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => resolve(code ?? -1));
  });
  let lastLine = '';
  const whenReady = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lastLine = line;
        if (line.startsWith('worker ready')) resolve();
        onLine(line);
      });
    }
    const refuse = async () => {
      const code = await whenEnded;
      await pause(50); // its last words may still be in the pipe
      reject(new DeskError(codeOfExit(code), `the worker ended before it was ready (exit code ${code}): ${lastLine}`));
    };
    void refuse();
  });
  whenReady.catch(() => {}); // whoever waits for it gets the error
  return {
    pid: child.pid ?? -1,
    whenReady,
    whenEnded,
    async stop() {
      child.stdin.destroy();
      // One that was stopped (SIGSTOP) hears nothing: were we killed while we wait, it would stay for good.
      if (process.platform !== 'win32') child.kill('SIGCONT');
      const force = setTimeout(() => child.kill('SIGKILL'), forceAfterMs);
      await whenEnded;
      clearTimeout(force);
    },
  };
}

/** What an exit code of the worker means: 2 is bad input and 3 no server, for workers as for every command. */
function codeOfExit(code: number): ErrorCode {
  if (code === errorRules.BadInput.exitCode) return 'BadInput';
  return code === errorRules.NotReachable.exitCode ? 'NotReachable' : 'WorkerCrashed';
}

const firstPauseMs = 200;
const longestPauseMs = 30_000;
/** A worker that ran for so long was healthy: the next crash starts from the first pause again. */
const healthyMs = 60_000;

export type KeptWorker = Readonly<{
  /** The process of now; another one after a crash. */
  current(): WorkerProcess;
  whenReady: Promise<void>;
  /** Rejects when starting it again cannot help; resolves after `stop`. */
  whenLost: Promise<void>;
  stop(): Promise<void>;
}>;

/** Keeps a worker process alive: started again after a crash, at once first and then ever more slowly. */
export function keepWorkerProcess(options: WorkerProcessOptions): KeptWorker {
  let worker = startWorkerProcess(options);
  const { whenReady } = worker;
  const stopping = new AbortController();
  const keep = async () => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const startedMs = performance.now();
      const code = await worker.whenEnded;
      if (stopping.signal.aborted) return;
      if (code === errorRules.BadInput.exitCode) await worker.whenReady; // throws: the next one would end the same way
      if (performance.now() - startedMs > healthyMs) pauseMs = firstPauseMs;
      options.onLine(`the worker has ended (exit code ${code}); starting it again in ${pauseMs} ms`);
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      worker = launch(options, ['--after-crash']);
    }
  };
  const whenLost = keep();
  whenLost.catch(() => {}); // whoever waits for it gets the error
  return {
    current: () => worker,
    whenReady,
    whenLost,
    async stop() {
      stopping.abort();
      await worker.stop();
      await whenLost.catch(() => {});
    },
  };
}

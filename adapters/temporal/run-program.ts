import { execFile } from 'node:child_process';

/** What became of a program that ran to its end, or never started (`code` undefined, the reason in `stderr`). */
export type ProgramResult = Readonly<{ code: number | undefined; stdout: string; stderr: string }>;

export type ProgramOptions = Readonly<{
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** After this it is killed and counts as failed. @default 60_000 */
  timeoutMs?: number;
}>;

const outputLimitBytes = 4 * 1024 * 1024;

/** Runs a program without a shell and without our terminal. Rejects only when `signal` aborts. */
export function runProgram(file: string, args: readonly string[], options: ProgramOptions = {}) {
  const { signal, timeoutMs = 60_000, ...rest } = options;
  return new Promise<ProgramResult>((resolve, reject) => {
    const limits = { timeout: timeoutMs, maxBuffer: outputLimitBytes, windowsHide: true };
    execFile(file, args, { ...rest, ...limits, ...(signal && { signal }) }, (error, stdout, stderr) => {
      if (signal?.aborted === true) return reject(signal.reason);
      if (error === null) return resolve({ code: 0, stdout, stderr });
      const started = typeof error.code === 'number';
      const reason = error.killed === true ? `no end after ${timeoutMs / 1_000} s` : error.message;
      resolve({ code: started ? Number(error.code) : undefined, stdout, stderr: started ? stderr : reason });
    });
  });
}

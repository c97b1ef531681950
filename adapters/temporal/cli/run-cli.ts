import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { currentSettings } from '../client/settings.ts';
import { provideTemporalCli } from './provide-cli.ts';

/** Runs the Temporal CLI on our terminal, pointed at the desk's server, and returns its exit code (128 + n by signal n). */
export async function runTemporalCli(args: readonly string[], onProgress: (line: string) => void): Promise<number> {
  const { path } = await provideTemporalCli({ onProgress });
  const { address, givenBy } = await currentSettings();
  // What temporal.toml says, the Temporal CLI reads itself, with its namespace, TLS and keys.
  const env = givenBy === undefined ? { ...process.env, TEMPORAL_ADDRESS: address } : process.env;
  process.on('SIGINT', leaveToChild);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(path, args, { stdio: 'inherit', env });
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    process.off('SIGINT', leaveToChild);
  }
}

/** A terminal sends Ctrl-C to both; the child says when it is over. */
const leaveToChild = () => {};

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../../apps/cli/nightdesk.ts', import.meta.url));

/** Runs leave trials in the ledger: that of the checkout is nobody's test. */
const home = mkdtempSync(join(tmpdir(), 'nightdesk-cli-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

export type CliRun = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs `nightdesk …` as a process of its own, without colours; `env` is added to ours. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [entry, ...args],
      { env: { ...process.env, NO_COLOR: '1', NIGHTDESK_HOME: home, ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

/** The one JSON document that a `--json` run prints. */
export const documentOf = ({ stdout }: CliRun): unknown => JSON.parse(stdout);

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const repetitions = 3;

/** `npm start -- --exit` and `nightdesk --help` from the shell, with packages and Temporal CLI there already. */
export async function benchStartUp(): Promise<readonly BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  try {
    const demo = timed(['bin/start.mjs', '--exit'], home);
    const help = timed(['bin/nightdesk.mjs', '--help'], home);
    return [
      { what: 'npm start -- --exit: server, worker, twelve verdicts, report', ...demo, goal: 'under 15 s' },
      { what: 'nightdesk --help', ...help, goal: 'under 0.2 s of our own' },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function timed(args: readonly string[], home: string): Pick<BenchRow, 'seconds' | 'peakRssMb'> {
  const run = () => {
    const startedMs = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NIGHTDESK_HOME: home },
    });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with code ${status}: ${stderr.slice(-500)}`);
    return (performance.now() - startedMs) / 1_000;
  };
  run(); // not counted: it fills the bundle and column caches
  return { seconds: Array.from({ length: repetitions }, run), peakRssMb: process.resourceUsage().maxRSS / 1024 };
}

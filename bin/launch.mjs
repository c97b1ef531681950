// Plain JavaScript without dependencies: it has to run on the oldest Node that may start us (18).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const wantedMajor = 24;

/** The Node to run TypeScript with: the one that is running when it is new enough, else the pinned one. */
export function nodeBinary() {
  if (Number(process.versions.node.split('.')[0]) >= wantedMajor) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = join(root, 'node_modules', 'node', 'bin', name);
  if (existsSync(pinned)) return pinned;
  process.stderr.write(
    `nightdesk: Node ${process.versions.node} is too old (it needs ${wantedMajor} or newer) and the pinned one is not installed.\n` +
      'Run `npm install` in the checkout (install scripts must be allowed for the package "node").\n',
  );
  return process.exit(1);
}

const waitForChild = () => {};

/** Runs a program with our terminal, passes signals on, and resolves to its exit code. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    // On a terminal Ctrl-C reaches the whole group: the child decides when it is over, we only wait for it.
    process.on('SIGINT', process.stdin.isTTY ? waitForChild : forward);
    process.on('SIGTERM', forward);
    process.on('SIGHUP', forward);
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

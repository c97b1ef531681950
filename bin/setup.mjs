// Set-up that `npm start` and `npm test` do first: plain JavaScript, no dependency, runs on Node 18.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './launch.mjs';

const lockfile = join(root, 'package-lock.json');
// Written after an install that went through: a half-finished node_modules has none, so it is done again.
const stampFile = join(root, 'node_modules', '.nightdesk-lockfile-sha256');

const lockfileHash = () => createHash('sha256').update(readFileSync(lockfile)).digest('hex');

const pinnedNode = () => join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

/** True when npm itself finished an install after the lockfile was written last (`npm install` by hand). */
function installedByHand() {
  const installed = join(root, 'node_modules', '.package-lock.json'); // npm writes it at the end
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs;
}

/** Installs what the lockfile names when that has not been done yet, and says so. */
export async function setUp() {
  const hash = lockfileHash();
  const stamped = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
  if ((stamped || installedByHand()) && existsSync(pinnedNode())) return;
  const startedMs = Date.now();
  say('installing the packages of package-lock.json (half a minute on a fast line) …');
  await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error', '--progress=true']);
  // An npm that holds install scripts back leaves Node itself out; this asks for that one script by name.
  if (!existsSync(pinnedNode())) await npm(['rebuild', 'node', '--loglevel=error']);
  if (!existsSync(pinnedNode())) {
    say(
      'Node 24 was not installed: the package "node" needs its install script. Allow it (unset ignore-scripts) and run again.',
    );
    process.exit(1);
  }
  writeFileSync(stampFile, hash);
  say(`packages installed in ${Math.round((Date.now() - startedMs) / 1000)} s`);
}

async function npm(args) {
  // Under `npm run` npm names its own script; started directly, the npm on PATH does.
  const script = process.env.npm_execpath;
  const viaNode = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const code = viaNode
    ? await run(process.execPath, [script, ...args], { cwd: root })
    : await run('npm', args, { cwd: root, shell: process.platform === 'win32' });
  if (code === 0) return;
  say(`\`npm ${args.join(' ')}\` ended with code ${code}; nothing else was done. The lines above say why.`);
  process.exit(1);
}

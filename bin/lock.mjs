// `npm run lock`: updates package-lock.json and adds the optional platform packages that the registry at hand leaves
// out, as {version, optional, os, cpu} without integrity, so that `npm ci` works on every platform.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run } from './launch.mjs';

const platforms = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'linuxmusl',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const cpus = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'ppc64le', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The lockfile with an entry for every optional dependency that has none. Returns also the names that were added. */
export function completeLockfile(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolves(packages, path, name)) continue;
      packages[`node_modules/${name}`] = { version: exactVersion(name, range), optional: true, ...platformOf(name) };
      added.push(name);
    }
  }
  const sorted = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { lock: { ...lock, packages: sorted }, added };
}

/** True when Node's look-up from the package at `path` upwards meets `name`. */
function resolves(packages, path, name) {
  const steps = path.split('/node_modules/');
  const folders = steps.map((_, index) => steps.slice(0, steps.length - index).join('/node_modules/'));
  return [...folders, ''].some((folder) => `${folder}${folder && '/'}node_modules/${name}` in packages);
}

function exactVersion(name, range) {
  if (/^\d+\.\d+\.\d+/.test(range)) return range;
  throw new Error(`package-lock.json: optional dependency ${name} has the range ${range}; expected one exact version`);
}

function platformOf(name) {
  const words = name.split(/[/\-_.]/);
  const os = platforms
    .filter((platform) => words.includes(platform))
    .map((platform) => platform.replace('linuxmusl', 'linux'));
  const cpu = cpus.filter((candidate) => words.includes(candidate));
  return { ...(os.length > 0 && { os }), ...(cpu.length > 0 && { cpu }) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const code = await run('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: root });
  if (code !== 0) process.exit(code);
  const file = join(root, 'package-lock.json');
  const { lock, added } = completeLockfile(JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(added.length === 0 ? 'every optional package is there\n' : `added ${added.join(', ')}\n`);
}

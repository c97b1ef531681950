import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { projectFolder, stateFolder } from '../../config/paths.ts';

/** For workers, tests and replay alike: a prebuilt bundle ignores what else they would say. */
const bundleOptions = {
  workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
  webpackConfigHook: (config: { devtool?: unknown }) => ({
    ...config,
    // Names and lines for stack traces without the sources themselves: half the size, half the time.
    devtool: 'inline-nosources-source-map',
  }),
};

/** Folders that workflows can reach (the architecture test holds that). */
const sourceFolders = ['workflows', 'core'];

/** Bundles that are kept; the oldest go. */
const keptBundles = 5;

const silent: Logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * The file with all workflow code, built once for each content of the sources and version of the SDK: about a second
 * the first time, 20 ms later. Two processes that build at once both succeed; the file is there whole or not at all.
 */
export async function workflowBundle(folder = join(stateFolder(), 'cache')): Promise<{ codePath: string }> {
  const codePath = join(folder, `workflows-${contentHash()}.js`);
  if (touch(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({ ...bundleOptions, logger: silent });
  mkdirSync(folder, { recursive: true });
  const half = `${codePath}.${randomUUID()}.tmp`;
  writeFileSync(half, code);
  renameSync(half, codePath);
  removeOldest(folder);
  return { codePath };
}

function contentHash(): string {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(`${version} ${String(bundleOptions.webpackConfigHook)}`);
  for (const file of sourceFolders.flatMap((folder) => sourceFiles(join(projectFolder, folder)))) {
    hash.update(`\n${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
    .map((name) => join(folder, name));

/** Whether the file is there; using it makes it young. */
function touch(file: string): boolean {
  try {
    const now = new Date();
    utimesSync(file, now, now);
    return true;
  } catch {
    return false; // not there
  }
}

function removeOldest(folder: string): void {
  const bundles = readdirSync(folder).filter((name) => /^workflows-[0-9a-f]{16}\.js$/.test(name));
  const byAge = bundles
    .map((name) => ({ name, modifiedMs: statMs(join(folder, name)) }))
    .toSorted((a, b) => b.modifiedMs - a.modifiedMs);
  for (const { name } of byAge.slice(keptBundles)) rmSync(join(folder, name), { force: true });
}

const statMs = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

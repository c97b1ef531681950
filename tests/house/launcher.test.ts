import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../apps/cli/main.ts';
import { cacheFolder, projectFolder } from '../../config/paths.ts';

const launcher = join(projectFolder, 'bin', 'nightdesk.mjs');

/** Node 18, the oldest that may start us, from npm into the user's cache; undefined where npm cannot give it. */
function provideOldNode(): string | undefined {
  const folder = join(cacheFolder(), 'node-18');
  const binary = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, dependencies: { node: '18.20.8' }, allowScripts: { node: true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const shell = process.platform === 'win32';
  spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore', timeout: 120_000, shell });
  return existsSync(binary) ? binary : undefined;
}

const runLauncher = (node: string, args: string[]) => {
  const { status, stdout, stderr } = spawnSync(node, [launcher, ...args], { encoding: 'utf8', cwd: projectFolder });
  return { status, stdout, stderr };
};

describe('bin/nightdesk.mjs', () => {
  test('re-executes under the pinned Node 24 when Node 18 starts it', { timeout: 180_000 }, ({ skip }) => {
    const node = provideOldNode();
    if (node === undefined) return skip('npm could not install node@18.20.8 here');
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v18\./);
    expect(runLauncher(node, ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    ['help', ['--help'], 0],
    ['an unknown command', ['frobnicate'], 2],
    ['an unknown option', ['--frobnicate'], 2],
  ])('%s ends with its exit code', (_, args, code) => {
    expect(runLauncher(process.execPath, args).status).toBe(code);
  });

  test('with --json wrong usage is one JSON document on standard output', () => {
    const { status, stdout } = runLauncher(process.execPath, ['--frobnicate', '--json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'Usage', message: expect.stringContaining('frobnicate') },
    });
  });
});

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeLockfile } from '../../bin/lock.mjs';
import { projectFolder } from '../../config/paths.ts';
import { version } from '../../apps/cli/main.ts';

type Manifest = { version: string; dependencies: Record<string, string>; devDependencies: Record<string, string> };
type LockEntry = { version?: string; resolved?: string; optional?: boolean; os?: string[]; cpu?: string[] };

const readJson = (file: string): unknown => JSON.parse(readFileSync(join(projectFolder, file), 'utf8'));
const manifest = readJson('package.json') as Manifest;
const lock = readJson('package-lock.json') as { packages: Record<string, LockEntry> };
const dependencies = { ...manifest.dependencies, ...manifest.devDependencies };

describe('versions', () => {
  test('every dependency is exact, but for the protobufjs range that the replayer needs', () => {
    const ranges = Object.entries(dependencies).filter(([, wanted]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(wanted));
    expect(ranges).toEqual([['protobufjs', '^8.7.1']]);
  });

  test('every @temporalio package, direct or not, is 1.24.0', () => {
    const temporal = Object.entries(lock.packages).filter(([path]) => /node_modules\/@temporalio\/[^/]+$/.test(path));
    expect(temporal.length).toBeGreaterThan(8);
    expect(new Set(temporal.map(([, { version: locked }]) => locked))).toEqual(new Set(['1.24.0']));
  });

  // Two copies break the replay of JSON histories: "type must be a Type" (temporal.md, trap 1).
  test('every @temporalio package resolves one and the same protobufjs, of version 8', () => {
    const names = Object.keys(lock.packages).filter((path) => /^node_modules\/@temporalio\/[^/]+$/.test(path));
    const copies = names.flatMap((path) => {
      const { dependencies: wanted = {} } = readJson(join(path, 'package.json')) as Partial<Manifest>;
      if (!('protobufjs' in wanted)) return [];
      const require = createRequire(join(projectFolder, path, 'package.json'));
      return [realpathSync(require.resolve('protobufjs/package.json'))];
    });
    expect(copies.length).toBeGreaterThan(1);
    expect(new Set(copies).size).toBe(1);
    expect(JSON.parse(readFileSync(copies[0] ?? '', 'utf8'))).toMatchObject({ version: expect.stringMatching(/^8\./) });
  });

  test('the command line states the version of package.json', () => {
    expect(version).toBe(manifest.version);
  });
});

describe('package-lock.json', () => {
  test('names no registry host and lists every optional package of every platform', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
    expect(completeLockfile(lock).added).toEqual([]);
  });

  test('a left-out platform package is added as version, optional, os and cpu', () => {
    const gone = 'node_modules/@oxc-parser/binding-darwin-arm64';
    const { [gone]: removed, ...packages } = lock.packages;
    const { lock: completed, added } = completeLockfile({ ...lock, packages });
    expect(added).toEqual(['@oxc-parser/binding-darwin-arm64']);
    expect(completed.packages[gone]).toEqual({
      version: removed?.version,
      optional: true,
      os: ['darwin'],
      cpu: ['arm64'],
    });
  });

  test('npm ci takes it', () => {
    const output = execFileSync('npm', ['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit'], {
      cwd: projectFolder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    expect(output).toMatch(/(added|removed|up to date|changed)/);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { codeVersion } from '../../adapters/code-version.ts';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], {
    stdio: 'ignore',
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-version-'));
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.3"}');
  mkdirSync(join(folder, 'core'));
  writeFileSync(join(folder, 'core', 'a.ts'), 'export {};\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('is the package version where there is no repository', () => {
  expect(codeVersion(folder)).toBe('1.2.3');
});

test('has the commit, and says dirty when code has changed since, not when something else has', () => {
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  expect(codeVersion(folder)).toMatch(/^1\.2\.3\+[0-9a-f]{12}$/);
  writeFileSync(join(folder, 'notes.md'), 'a note');
  expect(codeVersion(folder)).not.toContain('dirty');
  writeFileSync(join(folder, 'core', 'a.ts'), 'export const a = 1;\n');
  expect(codeVersion(folder)).toMatch(/^1\.2\.3\+[0-9a-f]{12}\.dirty$/);
});

test('is what the environment says where that is set, as in an image', () => {
  vi.stubEnv('NIGHTDESK_CODE_VERSION', '9.9.9+image');
  expect(codeVersion(folder)).toBe('9.9.9+image');
});

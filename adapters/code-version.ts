import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../config/paths.ts';

/** What a verdict depends on: changes elsewhere (docs, tests, strategies) leave the version clean. */
const codeFolders = [
  'core',
  'plugins',
  'activities',
  'workflows',
  'workers',
  'adapters',
  'config',
  'package-lock.json',
];

/**
 * Which code runs: package version, git commit where there is one, and whether it was changed since:
 * `0.1.0+1f5ab0d3c2aa.dirty`. NIGHTDESK_CODE_VERSION says it where there is no repository, as in an image.
 */
export function codeVersion(folder = projectFolder): string {
  const given = process.env['NIGHTDESK_CODE_VERSION'];
  if (given !== undefined && given !== '') return given;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const commit = git(folder, ['rev-parse', '--short=12', 'HEAD']);
  if (commit === undefined) return version;
  const changed = git(folder, ['status', '--porcelain', '--', ...codeFolders]);
  return `${version}+${commit}${changed === '' ? '' : '.dirty'}`;
}

function git(folder: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined; // no git, or no repository: the package version alone
  }
}

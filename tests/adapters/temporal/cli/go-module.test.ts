import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goModuleSource, goModuleVersion, isRecentGo } from '../../../../adapters/temporal/cli/go-module.ts';
import { projectFolder } from '../../../../config/paths.ts';
import { script, temporaryFolder } from '../fake-programs.ts';

test.each([
  ['go1.26.4', true],
  ['go1.26.8', true],
  ['go1.27rc1', true],
  ['go2.0', true],
  ['go1.26.3', false],
  ['go1.26', false],
  ['go1.25.9', false],
  ['devel +abc', false],
  ['', false],
])('isRecentGo(%j) is %s', (version, expected) => {
  expect(isRecentGo(version)).toBe(expected);
});

test('go.mod names the version that is built', () => {
  const goMod = readFileSync(join(projectFolder, 'tools', 'temporal-cli', 'go.mod'), 'utf8');
  expect(goMod).toContain(`github.com/temporalio/cli v${goModuleVersion}`);
  expect(goMod).toContain('\ngo 1.26.4\n');
});

/** A `go` that says its version, and builds what `build` writes to the file after -o. */
async function fakeGo(version: string, build: string): Promise<string> {
  return script(
    join(await temporaryFolder(), 'go'),
    `if [ "$1" = env ]; then echo ${version}; exit 0; fi`,
    'while [ "$1" != -o ]; do shift; done',
    'out="$2"',
    build,
  );
}

const provide = async (go: string) => {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const moduleFolder = await temporaryFolder();
  const answer = await goModuleSource({ go, moduleFolder }).provide({ folder, onProgress: (line) => lines.push(line) });
  return { answer, folder, lines };
};

describe('the Go module', () => {
  test('what was built is placed after it printed its version', async () => {
    const program = '#!/bin/sh\\necho "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"\\n';
    const { answer, folder, lines } = await provide(await fakeGo('go1.26.8', `printf '${program}' > "$out"`));
    const path = join(folder, '1.8.2', 'temporal');
    expect(answer).toEqual({ cli: { path, source: 'go', version: '1.8.2', serverVersion: '1.31.2' } });
    expect(lines).toEqual(['building the Temporal CLI 1.8.2 with Go, 0 of about 7 min']);
  });

  test('a build that fails leaves nothing', async () => {
    const { answer, folder } = await provide(
      await fakeGo('go1.26.8', 'echo half > "$out"; echo "no space left" >&2; exit 1'),
    );
    expect(answer).toEqual({ unavailable: 'go build failed: no space left' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an older Go', async () => {
    const { answer } = await provide(await fakeGo('go1.22.1', 'exit 1'));
    expect(answer).toEqual({ unavailable: 'Go is go1.22.1, 1.26.4 or newer is needed' });
  });

  test('no Go', async () => {
    expect((await provide(join(await temporaryFolder(), 'go'))).answer).toEqual({ unavailable: 'no Go on PATH' });
  });
});

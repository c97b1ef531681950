import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCliVersion, readCliVersion } from '../../../../adapters/temporal/cli/version.ts';
import { script, temporaryFolder, versionLine } from '../fake-programs.ts';

describe('parseCliVersion', () => {
  test.each([
    [versionLine, { version: '1.9.1', serverVersion: '1.32.0' }],
    ['temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)\n', { version: '0.0.0-DEV', serverVersion: '1.29.1' }],
    [
      'A new version is available\ntemporal version 1.8.2 (Server 1.31.2, UI 2.50.1)',
      { version: '1.8.2', serverVersion: '1.31.2' },
    ],
    ['tctl version 1.18.0', undefined],
    ['temporal version 1.9.1', undefined],
    ['', undefined],
  ])('%j', (printed, expected) => {
    expect(parseCliVersion(printed)).toEqual(expected);
  });
});

describe('readCliVersion', () => {
  test.each([
    [
      'too old',
      `echo "temporal version 0.13.0 (Server 1.24.1, UI 2.27.3)"`,
      'is too old: its server is 1.24.1, 1.29 is needed',
    ],
    ['another program', 'echo hello', 'is no Temporal CLI: it prints hello'],
    ['silent', 'true', 'is no Temporal CLI: it prints nothing'],
    ['failing', 'echo "cannot execute" >&2; exit 3', 'does not run: cannot execute'],
  ])('%s', async (_what, line, reason) => {
    const file = await script(join(await temporaryFolder(), 'temporal'), line);
    expect(await readCliVersion(file)).toEqual({ unusable: `${file} ${reason}` });
  });

  test('a file that is not there', async () => {
    expect(await readCliVersion('/nowhere/temporal')).toEqual({ unusable: expect.stringContaining('does not run') });
  });
});

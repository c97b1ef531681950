import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openFetchHalves } from '../../../adapters/sources/fetch-halves.ts';
import { fetchInput } from '../../../apps/plugins/fetch-input.ts';
import { projectFolder } from '../../../config/paths.ts';
import { answering, jumpingClock, localProvider } from '../../adapters/http/local-provider.ts';
import { keys, recorded, settings } from '../../adapters/sources/fetched.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-fetch-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, document: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

function nightdesk(...args: string[]) {
  const env = { ...process.env, FRED_API_KEY: '', NIGHTDESK_HOME: folder };
  return spawnSync(process.execPath, ['bin/nightdesk.mjs', 'plugins', ...args], {
    cwd: projectFolder,
    encoding: 'utf8',
    env,
  });
}

test('the payload comes from the provider, and is kept where that is asked for', async () => {
  const path = '/api/v2/public/get_book_summary_by_currency';
  const { network } = await localProvider(answering({ [path]: JSON.parse(recorded('deribit-book-summary-ETH.json')) }));
  const halves = openFetchHalves({ network, clock: jumpingClock(), environment: keys, settings: settings(), folder });
  const [query, payload] = [write('query.json', { currency: 'ETH' }), join(folder, 'payload.json')];
  const input = await fetchInput('alpha_risk_reversal', { query, payload }, halves);
  expect(input).toMatchObject({ asOf: 1_704_712_781_418 });
  expect(JSON.parse(readFileSync(payload, 'utf8'))).toEqual(input);
  const params = write('params.json', { tenorDays: 17 });
  const { status, stdout } = nightdesk('run', 'alpha_risk_reversal', '--input', payload, '--params', params, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tenorDays: 17, extrapolated: false });
});

describe('nightdesk plugins run --fetch', () => {
  const query = (document: object) => [
    '--fetch',
    '--query',
    write(`query-${Object.keys(document).join('-')}.json`, document),
  ];

  test('without a key exits with 2 and says which and where to get one', () => {
    const { status, stderr } = nightdesk('run', 'alpha_vix_regime', ...query({ provider: 'fred' }));
    expect(status).toBe(2);
    expect(stderr).toContain('fred needs a key');
    expect(stderr).toContain('FRED_API_KEY with a key, from https://fred.stlouisfed.org/docs/api/api_key.html');
  });

  test.each([
    ['a query of another shape', ['alpha_vix_regime', ...query({ provider: 'fred', day: 3 })], 'query.day'],
    ['a plugin that fetches nothing', ['risk_vol_target', '--fetch'], 'fetches nothing'],
    ['a file beside it', ['alpha_vrp', '--fetch', '--input', 'x.json'], '--input and --fetch'],
    ['a query without it', ['alpha_vrp', '--query', 'x.json'], '--query'],
  ])('%s exits with 2', (_, args, said) => {
    const { status, stderr } = nightdesk('run', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });

  test('show has the fields of the query, provider by provider', () => {
    const { query: fields } = JSON.parse(nightdesk('show', 'alpha_vix_regime', '--json').stdout) as {
      query: { name: string; description: string }[];
    };
    expect(fields).toContainEqual(expect.objectContaining({ name: 'deribit: currency', description: 'coin' }));
    expect(nightdesk('show', 'alpha_vix_regime').stdout).toContain('cboe: days');
  });
});

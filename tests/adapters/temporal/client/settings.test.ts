import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectionSettings, currentSettings } from '../../../../adapters/temporal/client/settings.ts';
import { startToken } from '../../../../adapters/temporal/process.ts';
import { defaultDatabase, recordFileOf, writeRecord } from '../../../../adapters/temporal/server/record.ts';
import { temporaryFolder } from '../fake-programs.ts';

/** An environment with a temporal.toml of that text, and nothing of ours. */
async function environment(toml: string, variables: Record<string, string> = {}): Promise<Record<string, string>> {
  const file = join(await temporaryFolder(), 'temporal.toml');
  writeFileSync(file, toml);
  return { TEMPORAL_CONFIG_FILE: file, ...variables };
}

const cloud = '[profile.default]\naddress = "desk.tmprl.cloud:7233"\nnamespace = "desk"\napi_key = "secret"\n';

describe('connectionSettings', () => {
  test('nothing given', async () => {
    expect(connectionSettings(await environment(''))).toEqual({
      address: '127.0.0.1:7233',
      namespace: 'default',
      givenBy: undefined,
      access: {},
    });
  });

  test('temporal.toml: an API key means TLS', async () => {
    expect(connectionSettings(await environment(cloud))).toMatchObject({
      address: 'desk.tmprl.cloud:7233',
      namespace: 'desk',
      givenBy: 'temporal.toml',
      access: { tls: true, apiKey: 'secret' },
    });
  });

  test('the environment wins', async () => {
    const env = await environment(cloud, { TEMPORAL_ADDRESS: 'here:1', TEMPORAL_NAMESPACE: 'mine' });
    expect(connectionSettings(env)).toMatchObject({
      address: 'here:1',
      namespace: 'mine',
      givenBy: 'TEMPORAL_ADDRESS',
    });
  });

  test('a namespace alone leaves the address to us', async () => {
    const env = await environment('', { TEMPORAL_NAMESPACE: 'mine' });
    expect(connectionSettings(env)).toMatchObject({ address: '127.0.0.1:7233', namespace: 'mine', givenBy: undefined });
  });

  test.each([{ TEMPORAL_ADDRESS: '' }, { TEMPORAL_NAMESPACE: '' }])(
    'set to nothing is not set: %j',
    async (variables) => {
      const env = await environment('', variables);
      expect(connectionSettings(env)).toMatchObject({
        address: '127.0.0.1:7233',
        namespace: 'default',
        givenBy: undefined,
      });
    },
  );

  test('another profile', async () => {
    const env = await environment(`${cloud}[profile.lab]\naddress = "lab:7233"\n`, { TEMPORAL_PROFILE: 'lab' });
    expect(connectionSettings(env)).toMatchObject({ address: 'lab:7233', namespace: 'default' });
  });

  test.each([
    ['x = [', {}],
    ['[profile.default', {}],
    [cloud, { TEMPORAL_PROFILE: 'nowhere' }],
    ['', { TEMPORAL_PROFILE: 'nowhere' }],
  ])('bad input: %j with %j', async (toml, variables) => {
    const env = await environment(toml, variables);
    expect(() => connectionSettings(env)).toThrow(
      expect.objectContaining({
        code: 'BadInput',
        place: expect.objectContaining({ file: env['TEMPORAL_CONFIG_FILE'] }),
      }),
    );
  });
});

describe('currentSettings', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test("the desk's own server on whatever port, unless an address is given", async () => {
    vi.stubEnv('NIGHTDESK_HOME', await temporaryFolder());
    vi.stubEnv('TEMPORAL_CONFIG_FILE', (await environment(''))['TEMPORAL_CONFIG_FILE']);
    vi.stubEnv('TEMPORAL_ADDRESS', undefined);
    expect(await currentSettings()).toMatchObject({ address: '127.0.0.1:7233' });

    const file = recordFileOf(defaultDatabase());
    await mkdir(dirname(file), { recursive: true });
    const token = (await startToken(process.pid)) ?? '';
    const record = { pid: process.pid, startToken: token, uiAddress: undefined, serverVersion: '1.32.0' };
    await writeRecord(file, { ...record, address: '127.0.0.1:7300' });
    expect(await currentSettings()).toMatchObject({ address: '127.0.0.1:7300', givenBy: undefined });

    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:7400');
    expect(await currentSettings()).toMatchObject({ address: '127.0.0.1:7400', givenBy: 'TEMPORAL_ADDRESS' });
  });
});

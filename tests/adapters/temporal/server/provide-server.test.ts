import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ConnectionSettings } from '../../../../adapters/temporal/client/settings.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { provideServer } from '../../../../adapters/temporal/server/provide-server.ts';
import { needsServer, temporalServer } from '../../../temporal-server.ts';
import { temporaryFolder } from '../fake-programs.ts';

const settingsOf = (address: string, givenBy?: 'TEMPORAL_ADDRESS'): ConnectionSettings => ({
  address,
  namespace: 'default',
  givenBy,
  access: {},
});

async function provide(options: Parameters<typeof provideServer>[0]) {
  const lines: string[] = [];
  const server = await provideServer({ uiPort: 'none', onProgress: (line) => lines.push(line), ...options });
  onTestFinished(() => server.stop());
  return { server, lines };
}

describe('provideServer', () => {
  needsServer();

  beforeEach(async () => void vi.stubEnv('NIGHTDESK_HOME', await temporaryFolder()));
  afterEach(() => void vi.unstubAllEnvs());

  test('an address that the user gives is used, and left alone', async () => {
    const { address } = await temporalServer();
    const { server, lines } = await provide({ settings: settingsOf(address, 'TEMPORAL_ADDRESS') });
    expect(server).toMatchObject({ source: 'given', settings: { address } });
    expect(lines).toEqual([`using the Temporal server ${server.serverVersion} at ${address} (TEMPORAL_ADDRESS)`]);
    await server.stop();
    expect((await provide({ settings: settingsOf(address, 'TEMPORAL_ADDRESS') })).server.source).toBe('given');
  });

  test('a given address where nobody answers is an error, never a server of our own', async () => {
    const settings = settingsOf(`127.0.0.1:${await freePort()}`, 'TEMPORAL_ADDRESS');
    const controller = new AbortController();
    const provided = provideServer({ settings, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(provided).rejects.toHaveProperty('name', 'AbortError');
  });

  test('a server that runs on the usual port is found and used', async () => {
    const { address } = await temporalServer();
    const { server, lines } = await provide({ settings: settingsOf(address) });
    expect(server).toMatchObject({ source: 'running', settings: { address } });
    expect(lines).toEqual([`using the Temporal server ${server.serverVersion} that runs at ${address}`]);
  });

  test('else one of our own; a second desk process joins it', async () => {
    const port = await freePort();
    const nobody = settingsOf(`127.0.0.1:${await freePort()}`);
    const dbFile = join(await temporaryFolder(), 'desk.db');
    const { server } = await provide({ settings: nobody, port, dbFile });
    expect(server).toMatchObject({ source: 'ours', settings: { address: `127.0.0.1:${port}` } });
    const second = await provide({ settings: nobody, port, dbFile });
    expect(second.server.settings.address).toBe(server.settings.address);
    expect(second.lines).toContain(`the Temporal server of this desk runs already at 127.0.0.1:${port}`);
  });
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { connectTemporal } from '../../../../adapters/temporal/client/connect.ts';
import type { ConnectionSettings } from '../../../../adapters/temporal/client/settings.ts';
import { startDevServer } from '../../../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { noServerReason, temporalServer } from '../../../temporal-server.ts';

const settingsOf = (address: string, change: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
  address,
  namespace: 'default',
  givenBy: undefined,
  access: {},
  ...change,
});

describe('connectTemporal', () => {
  test('connects at once where a server answers', async ({ skip }) => {
    skip(noServerReason !== undefined, noServerReason);
    const { address } = await temporalServer();
    const { connection, namespace } = await connectTemporal({ settings: settingsOf(address) });
    expect(namespace).toBe('default');
    expect(await connection.workflowService.getSystemInfo({})).toHaveProperty('serverVersion');
    await connection.close();
  });

  test('a namespace that is not there', async ({ skip }) => {
    skip(noServerReason !== undefined, noServerReason);
    const { address } = await temporalServer();
    const settings = settingsOf(address, { namespace: 'nowhere' });
    await expect(connectTemporal({ settings })).rejects.toMatchObject({
      code: 'NotFound',
      message: `the Temporal server at ${address} has no such namespace`,
      place: { path: 'TEMPORAL_NAMESPACE', found: 'nowhere' },
    });
  });

  test('waits for a server that is on its way, and says so once', async ({ skip }) => {
    skip(noServerReason !== undefined, noServerReason);
    const port = await freePort();
    const lines: string[] = [];
    const connecting = connectTemporal({
      settings: settingsOf(`127.0.0.1:${port}`),
      limitMs: 60_000,
      onWait: (line) => lines.push(line),
    });
    const server = await startDevServer({ port, uiPort: 'none', dbFile: 'memory' });
    onTestFinished(() => server.stop());
    await (await connecting).connection.close();
    expect(lines).toEqual([`waiting for the Temporal server at 127.0.0.1:${port}`]);
  });

  test('nobody there: what to do', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await expect(connectTemporal({ settings: settingsOf(address), limitMs: 300 })).rejects.toMatchObject({
      code: 'NotReachable',
      message: `no Temporal server can be used at ${address} (tried for 0 s: nothing listens there); start one with \`nightdesk server\``,
    });
  });

  test('nobody at an address that the user gave: who said so', async () => {
    const settings = settingsOf(`127.0.0.1:${await freePort()}`, { givenBy: 'temporal.toml' });
    await expect(connectTemporal({ settings, limitMs: 1 })).rejects.toThrow(/; the address comes from temporal\.toml$/);
  });

  test('a host that does not exist', async () => {
    const settings = settingsOf('nowhere.invalid:7233', { givenBy: 'TEMPORAL_ADDRESS' });
    await expect(connectTemporal({ settings, limitMs: 300 })).rejects.toMatchObject({ code: 'NotReachable' });
  });

  test('a signal ends the waiting', async () => {
    const controller = new AbortController();
    const settings = settingsOf(`127.0.0.1:${await freePort()}`);
    const onWait = () => controller.abort();
    await expect(connectTemporal({ settings, onWait, signal: controller.signal })).rejects.toHaveProperty(
      'name',
      'AbortError',
    );
  });
});

import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkHealth } from '../../../../adapters/temporal/server/health.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { noServerReason, temporalServer } from '../../../temporal-server.ts';

describe('checkHealth', () => {
  test('a server that works tells its version', async ({ skip }) => {
    skip(noServerReason !== undefined, noServerReason);
    const { address } = await temporalServer();
    expect(await checkHealth(address)).toEqual({ serverVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  test('a server without the namespace is not ready', async ({ skip }) => {
    skip(noServerReason !== undefined, noServerReason);
    const { address } = await temporalServer();
    expect(await checkHealth(address, 'no-such-namespace')).toBeUndefined();
  });

  test('nobody there', async () => {
    expect(await checkHealth(`127.0.0.1:${await freePort()}`)).toBeUndefined();
  });

  test('something that accepts connections and is no Temporal server', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const place = server.address();
    const port = place !== null && typeof place === 'object' ? place.port : 0;
    expect(await checkHealth(`127.0.0.1:${port}`)).toBeUndefined();
    server.close();
  });
});

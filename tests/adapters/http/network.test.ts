import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { internet, publicEndpoint } from '../../../adapters/http/network.ts';
import { projectFolder } from '../../../config/paths.ts';

test('the resolver of this machine cannot lead inside', async () => {
  await expect(publicEndpoint('localhost', internet)).rejects.toThrow(/localhost/);
});

test('a certificate that nobody vouches for ends the connection', async () => {
  const pem = (name: string) => readFileSync(join(projectFolder, 'tests/fixtures/sources/tls', `${name}.pem`));
  const server = createServer({ key: pem('key'), cert: pem('cert') }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = internet.connect({ host: 'provider.test', address: '127.0.0.1', port });
  const [error] = (await once(socket, 'error')) as unknown[];
  expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

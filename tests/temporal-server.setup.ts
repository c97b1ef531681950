import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loopback } from '../adapters/temporal/server/arguments.ts';
import { type DevServer, startDevServer } from '../adapters/temporal/server/dev-server.ts';
import { freePort } from '../adapters/temporal/server/ports.ts';
import type { TestServerAnswer } from './temporal-server.ts';

/**
 * One real development server for a whole test run, on a free port, with a database of its own. It starts with the
 * first test that asks for it (tests/temporal-server.ts), so a run without workflow tests pays a millisecond.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nightdesk-test-server-'));
  let server: Promise<DevServer> | undefined;
  const start = async () => startDevServer({ port: await freePort(), uiPort: 'none', dbFile: join(folder, 'desk.db') });

  const desk = createServer((_request, response) => {
    server ??= start();
    const answer: Promise<TestServerAnswer> = server.then(
      ({ address, pid }) => ({ address, pid }),
      (error: unknown) => ({ failed: error instanceof Error ? error.message : String(error) }),
    );
    void answer.then((document) => response.end(JSON.stringify(document)));
  });
  await new Promise<void>((resolve) => desk.listen(0, loopback, resolve));
  const place = desk.address();
  project.provide(
    'testServerDesk',
    `http://${loopback}:${place !== null && typeof place === 'object' ? place.port : 0}`,
  );

  return async () => {
    desk.close();
    await server?.then(
      ({ stop }) => stop(),
      () => {},
    );
    await rm(folder, { recursive: true, force: true });
  };
}

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type DevServer, startDevServer } from '../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../adapters/temporal/server/ports.ts';
import { temporaryFolder } from '../adapters/temporal/fake-programs.ts';

/** A server of a test's own that can be killed at any moment, and started again on its port and database file. */
export async function killableServer() {
  const place = { port: await freePort(), uiPort: 'none', dbFile: join(await temporaryFolder(), 'desk.db') } as const;
  let server: DevServer = await startDevServer(place);
  const kill = async () => {
    process.kill(server.pid, 'SIGKILL');
    await server.whenEnded();
  };
  onTestFinished(async () => {
    await kill().catch(() => {}); // it may be dead already
    await server.stop();
  });
  return {
    address: server.address,
    /** SIGKILL: it gets no chance to write anything more. Resolves when it is gone. */
    kill,
    /** Starts it again; resolves when it answers. */
    async restart() {
      server = await startDevServer(place);
    },
  };
}

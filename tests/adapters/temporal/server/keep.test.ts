import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkHealth } from '../../../../adapters/temporal/server/health.ts';
import { keepDevServer } from '../../../../adapters/temporal/server/keep.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { needsServer } from '../../../temporal-server.ts';
import { temporaryFolder } from '../fake-programs.ts';

async function keep(port: number, dbFile: string) {
  const kept = await keepDevServer({ port, uiPort: 'none', dbFile });
  onTestFinished(() => kept.stop());
  return kept;
}

describe('keepDevServer', () => {
  needsServer();

  test('a server that is killed is there again, at the same address', async () => {
    const kept = await keep(await freePort(), join(await temporaryFolder(), 'desk.db'));
    const { pid } = kept.current();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(kept.current().pid).not.toBe(pid), { timeout: 30_000 });
    expect(await checkHealth(kept.address)).toEqual({ serverVersion: kept.serverVersion });
    await kept.stop();
    expect(await checkHealth(kept.address)).toBe(undefined);
    await expect(kept.whenLost).resolves.toBe(undefined);
  });

  test('who joined takes over when the owner stops', async () => {
    const [port, dbFile] = [await freePort(), join(await temporaryFolder(), 'desk.db')];
    const owner = await keep(port, dbFile);
    const guest = await keep(port, dbFile);
    expect(guest.current().reused).toBe(true);
    await owner.stop();
    await vi.waitFor(() => expect(guest.current().reused).toBe(false), { timeout: 30_000 });
    expect(await checkHealth(guest.address)).toEqual({ serverVersion: guest.serverVersion });
  });

  test('stop leaves a server of another process alone', async () => {
    const [port, dbFile] = [await freePort(), join(await temporaryFolder(), 'desk.db')];
    const owner = await keep(port, dbFile);
    const guest = await keep(port, dbFile);
    await guest.stop();
    expect(await checkHealth(owner.address)).toEqual({ serverVersion: owner.serverVersion });
  });

  test('one that dies again and again is given up', async () => {
    const kept = await keep(await freePort(), 'memory');
    for (let deaths = 1; deaths <= 5; deaths += 1) {
      const { pid } = kept.current();
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(kept.current().pid).not.toBe(pid), { timeout: 30_000 });
    }
    process.kill(kept.current().pid, 'SIGKILL');
    await expect(kept.whenLost).rejects.toThrow('the Temporal server ended 6 times within a minute');
  });
});

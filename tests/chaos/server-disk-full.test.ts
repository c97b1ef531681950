import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startDevServer } from '../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../adapters/temporal/server/ports.ts';
import { cancelUpdate, statusQuery } from '../../workflows/order-messages.ts';
import { type OrderTestDesk, startOrderDesk } from '../order-desk.ts';
import { needsServer } from '../temporal-server.ts';
import { mountTinyDisk, noTinyDisk } from '../tiny-disk.ts';

/** A server with a desk on it, whose database is on a disk of its own. */
async function openOnDisk(place: string) {
  const server = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: join(place, 'desk.db') });
  const desk = await startOrderDesk({ address: server.address });
  onTestFinished(async () => {
    rmSync(join(place, 'ballast'), { force: true });
    await desk.stop();
    await server.stop();
  });
  return desk;
}

/** A start that the server did not take is given up soon. */
const soon = <T>({ client }: OrderTestDesk, work: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + 3_000, work);

/** Starts workflows that nobody does, until the server refuses them. */
async function fillDatabase(desk: OrderTestDesk): Promise<void> {
  const args = ['x'.repeat(500_000)];
  for (;;) {
    const fill = () =>
      desk.client.workflow.start('anything', { workflowId: crypto.randomUUID(), taskQueue: 'none', args });
    if ((await soon(desk, fill).catch(() => undefined)) === undefined) return;
  }
}

describe('a Temporal server whose disk is full', () => {
  needsServer();

  test('sends no order, leaves what rests, and goes on when there is room', async ({ skip }) => {
    const place = mkdtempSync(join(tmpdir(), 'nightdesk-full-'));
    const disk = mountTinyDisk(place, 48 * 1024);
    onTestFinished(() => {
      disk?.unmount();
      rmSync(place, { recursive: true, force: true });
    });
    skip(disk === undefined, noTinyDisk);
    const desk = await openOnDisk(place);
    const market = { symbol: 'BTC/USDT', side: 'buy', amount: '0.001' } as const;
    const resting = await desk.start({ ...market, type: 'limit', price: '30000' });
    await expect.poll(() => resting.query(statusQuery)).toMatchObject({ state: 'accepted' });

    const { bavail, bsize } = statfsSync(place);
    writeFileSync(join(place, 'ballast'), Buffer.alloc(bavail * bsize - 2 * 1024 * 1024));
    await fillDatabase(desk);
    const start = () => desk.start({ ...market, type: 'market' }, 'order-while-full');
    await expect(soon(desk, start)).rejects.toThrow('Failed to start Workflow');
    expect(await desk.truth()).toMatchObject([{ status: 'open' }]);

    rmSync(join(place, 'ballast'));
    await expect
      .poll(() => soon(desk, start).catch((thrown: Error) => thrown.name), { timeout: 60_000 })
      .toBe('WorkflowExecutionAlreadyStartedError');
    expect(await desk.client.workflow.getHandle('order-while-full').result()).toMatchObject({
      last: { state: 'filled' },
    });
    await resting.executeUpdate(cancelUpdate, { args: [{ reason: 'the test is over' }] });
    expect(await resting.result()).toMatchObject({ last: { state: 'canceled' } });
    expect((await desk.truth()).map(({ status }) => status)).toEqual(['canceled', 'filled']);
  }, 120_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';
import { Connection } from '@temporalio/client';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { isRunning, startToken } from '../../../../adapters/temporal/process.ts';
import { freePort } from '../../../../adapters/temporal/server/ports.ts';
import { type DevServer, startDevServer } from '../../../../adapters/temporal/server/dev-server.ts';
import { pollersOf } from '../../../../apps/cli/desk/pollers.ts';
import { keepWorkerProcess, startWorkerProcess } from '../../../../apps/cli/desk/worker-process.ts';
import { projectFolder } from '../../../../config/paths.ts';
import { needsServer } from '../../../temporal-server.ts';

const keepInChild = fileURLToPath(new URL('keep-in-child.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'nightdesk-worker-'));
let server: DevServer | undefined;

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A server of its own: the shared one would give this worker other tests' work. */
async function address(): Promise<string> {
  server ??= await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: 'memory' });
  return server.address;
}

/** The worker that runs: the server still lists those of earlier tests that have ended. */
/** The server lists a worker a moment after that says it is ready. */
async function runningWorker(connection: Connection): Promise<number> {
  let pid: number | undefined;
  const look = async () => {
    const pollers = await pollersOf(connection, 'default', 'desk');
    pid = pollers.map(({ identity }) => Number(identity.split('@')[0])).find(isRunning);
    return pid;
  };
  await expect.poll(look).toBeDefined();
  return pid ?? 0;
}

describe('keepWorkerProcess', () => {
  needsServer();

  test('starts a worker again that was killed, and knows the dead one for dead', async () => {
    const lines: string[] = [];
    let readyAgain: () => void = () => {};
    const kept = keepWorkerProcess({
      address: await address(),
      env: { NIGHTDESK_HOME: folder },
      onLine(line) {
        lines.push(line);
        if (lines.filter((each) => each.startsWith('worker ready')).length === 2) readyAgain();
      },
    });
    const ready = new Promise<void>((resolve) => {
      readyAgain = resolve;
    });
    await kept.whenReady;
    const first = kept.current().pid;
    process.kill(first, 'SIGKILL');
    await ready;
    const second = kept.current().pid;
    expect(second).not.toBe(first);
    const connection = await Connection.connect({ address: await address() });
    await expect
      .poll(
        async () => (await pollersOf(connection, 'default', 'desk')).map(({ identity }) => identity.split('@')[0]),
        { timeout: 30_000 },
      )
      .toEqual([String(second)]);
    await kept.stop();
    expect(isRunning(second)).toBe(false);
    expect(await pollersOf(connection, 'default', 'compute')).toEqual([]);
    await connection.close();
    expect(lines.some((line) => line.startsWith('the worker has ended'))).toBe(true);
  });

  test('a rejection that nobody handles ends the worker, and the next one polls', async ({ skip }) => {
    skip(process.platform === 'win32', 'there are no such signals there');
    const planted = join(folder, 'planted.mjs');
    writeFileSync(planted, "process.on('SIGUSR2', () => void Promise.reject(new Error('planted')));\n");
    const lines: string[] = [];
    const kept = keepWorkerProcess({
      address: await address(),
      env: { NIGHTDESK_HOME: folder, NODE_OPTIONS: `--import=${pathToFileURL(planted).href}` },
      onLine: (line) => lines.push(line),
    });
    onTestFinished(() => kept.stop());
    const ready = () => lines.filter((line) => line.startsWith('worker ready')).length;
    await kept.whenReady;
    const { pid } = kept.current();
    process.kill(pid, 'SIGUSR2');
    await expect.poll(ready, { timeout: 60_000 }).toBe(2);
    expect(kept.current().pid).not.toBe(pid);
    expect(lines).toContain('the worker has ended (exit code 1); starting it again in 200 ms');
  }, 120_000);

  test('stop wakes a worker that stands still, which ends in order', async ({ skip }) => {
    skip(process.platform === 'win32', 'processes cannot be stopped there');
    const worker = startWorkerProcess({
      address: await address(),
      env: { NIGHTDESK_HOME: folder },
      onLine: () => {},
    });
    await worker.whenReady;
    process.kill(worker.pid, 'SIGSTOP');
    await worker.stop();
    expect(await worker.whenEnded).toBe(0);
  });

  test('who is killed while it stops a worker leaves none, though the server hangs', async ({ skip }) => {
    skip(process.platform === 'win32', 'processes cannot be stopped there');
    const hanging = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: 'memory' });
    onTestFinished(async () => {
      process.kill(hanging.pid, 'SIGKILL');
      await hanging.stop();
    });
    const env = { ...process.env, NIGHTDESK_HOME: folder };
    const keeper = spawn(process.execPath, [keepInChild, hanging.address], { stdio: ['pipe', 'pipe', 'inherit'], env });
    onTestFinished(() => void keeper.kill('SIGKILL'));
    const lines = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    });
    process.kill(hanging.pid, 'SIGSTOP');
    keeper.stdin.write('stop\n');
    expect((await lines.next()).value).toBe('stopping');
    keeper.kill('SIGKILL');
    await once(keeper, 'exit');
    await expect.poll(() => startToken(pid), { timeout: 40_000 }).toBe(undefined);
  }, 90_000);

  test('gives up when settings are wrong: the next one would end the same way', async () => {
    const config = join(folder, 'config');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(config);
    writeFileSync(join(config, 'parallel-validation.yaml'), 'max_wokers: 4');
    const kept = keepWorkerProcess({
      address: await address(),
      env: { NIGHTDESK_HOME: folder, NIGHTDESK_CONFIG: config },
      onLine: () => {},
    });
    await expect(kept.whenReady).rejects.toThrow(/parallel-validation\.yaml:1 max_wokers: unknown key/);
    await expect(kept.whenLost).rejects.toMatchObject({ code: 'BadInput' });
    await kept.stop();
  });
});

describe('nightdesk up', () => {
  needsServer();

  test('runs server and worker until it is told to end, and leaves none of them', async () => {
    const up = spawn(process.execPath, [join(projectFolder, 'apps', 'cli', 'nightdesk.ts'), 'up'], {
      env: { ...process.env, TEMPORAL_ADDRESS: await address(), NIGHTDESK_HOME: folder, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const isUp = new Promise<void>((resolve) => {
      createInterface({ input: up.stdout }).on('line', (line) => {
        if (line.startsWith('The desk is up')) resolve();
      });
    });
    await isUp;
    const connection = await Connection.connect({ address: await address() });
    const pid = await runningWorker(connection);
    up.kill('SIGTERM');
    const [code] = (await once(up, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(isRunning(pid)).toBe(false);
    await connection.close();
  });

  test('takes its worker with it even when it is killed', async () => {
    const up = spawn(process.execPath, [join(projectFolder, 'apps', 'cli', 'nightdesk.ts'), 'up'], {
      env: { ...process.env, TEMPORAL_ADDRESS: await address(), NIGHTDESK_HOME: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise<void>((resolve) => {
      createInterface({ input: up.stdout }).on('line', (line) => {
        if (line.startsWith('The desk is up')) resolve();
      });
    });
    const connection = await Connection.connect({ address: await address() });
    const pid = await runningWorker(connection);
    up.kill('SIGKILL');
    await expect.poll(() => isRunning(pid)).toBe(false);
    await connection.close();
  });
});

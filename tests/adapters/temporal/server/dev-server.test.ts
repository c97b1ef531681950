import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isRunning, startToken } from '../../../../adapters/temporal/process.ts';
import { type DevServerOptions, startDevServer } from '../../../../adapters/temporal/server/dev-server.ts';
import { endProcess } from '../../../../adapters/temporal/server/end-process.ts';
import { checkHealth } from '../../../../adapters/temporal/server/health.ts';
import { freePort, isListening } from '../../../../adapters/temporal/server/ports.ts';
import { writeRecord } from '../../../../adapters/temporal/server/record.ts';
import { needsServer } from '../../../temporal-server.ts';
import { temporaryFolder } from '../fake-programs.ts';
import { killWithGuard } from './kill-with-guard.ts';

const inChild = fileURLToPath(new URL('start-in-child.ts', import.meta.url));
const newDatabase = async () => join(await temporaryFolder(), 'desk.db');

async function start(options: DevServerOptions) {
  const server = await startDevServer({ uiPort: 'none', ...options });
  onTestFinished(async () => {
    if (!server.reused && isRunning(server.pid)) process.kill(server.pid, 'SIGKILL'); // in order it would take a second
    await server.stop();
  });
  return server;
}

/** A process that starts (or joins) the server, and what it got. */
async function startInChild(port: number, dbFile: string) {
  const child = spawn(process.execPath, [inChild, String(port), dbFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line]: string[] = await once(child.stdout, 'data').then(([chunk]) => [String(chunk)]);
  const server: { address: string; pid: number; reused: boolean } = JSON.parse(line ?? '');
  return { child, ...server };
}

describe('startDevServer', () => {
  needsServer();

  test('answers on loopback, with its files beside the database, and ends by stop', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const server = await start({ port, dbFile });
    expect(server).toMatchObject({ address: `127.0.0.1:${port}`, uiAddress: undefined, reused: false });
    expect(await checkHealth(server.address)).toEqual({ serverVersion: server.serverVersion });
    expect(existsSync(`${dbFile}-wal`)).toBe(true);
    const log = join(dirname(dbFile), 'server.log');
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('Temporal'), { timeout: 30_000 });
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(existsSync(`${dbFile}.server`)).toBe(false);
  });

  test('serves the Web UI', async () => {
    const [port, uiPort] = [await freePort(), await freePort()];
    const { uiAddress } = await start({ port, uiPort, dbFile: await newDatabase() });
    expect(uiAddress).toBe(`http://127.0.0.1:${uiPort}`);
    const page = await fetch(`${uiAddress}/namespaces/default/workflows`);
    expect(page.status).toBe(200);
  });

  test('two processes at once end with one server; it goes with the one that started it', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const both = await Promise.all([startInChild(port, dbFile), startInChild(port, dbFile)]);
    const [owner, guest] = both.toSorted((a, b) => Number(a.reused) - Number(b.reused));
    expect([owner?.reused, guest?.reused]).toEqual([false, true]);
    expect(guest?.pid).toBe(owner?.pid);

    guest?.child.kill('SIGKILL');
    await once(guest?.child ?? process, 'exit');
    expect(isRunning(owner?.pid ?? 0)).toBe(true);
    owner?.child.kill(); // it ends without a call of `stop`
    await vi.waitFor(async () => expect(await startToken(owner?.pid ?? 0)).toBe(undefined), { timeout: 30_000 });
  });

  test('ends when its parent is killed', async () => {
    const { child, pid, address } = await startInChild(await freePort(), await newDatabase());
    child.kill('SIGKILL');
    await vi.waitFor(async () => expect(await startToken(pid)).toBe(undefined), { timeout: 30_000 });
    expect(await checkHealth(address)).toBe(undefined);
  });

  test('one that runs on the database already is found and used', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const first = await start({ port, dbFile });
    const second = await startDevServer({ port, uiPort: 'none', dbFile });
    expect(second).toMatchObject({ reused: true, pid: first.pid, address: first.address });
    await second.stop();
    expect(isRunning(first.pid)).toBe(true);
  });

  test('when guard and parent are both killed, the next start uses the server', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux tells the children of a process without another program');
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const { child, pid } = await startInChild(port, dbFile);
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    });
    await killWithGuard(child);
    const next = await start({ port, dbFile });
    expect(next).toMatchObject({ reused: true, pid });
  });

  test('one that runs and answers no more is ended and replaced', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const hung = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const token = (await startToken(hung.pid ?? 0)) ?? '';
    const record = { pid: hung.pid ?? 0, startToken: token, uiAddress: undefined, serverVersion: '1.32.0' };
    await writeRecord(`${dbFile}.server`, { ...record, address: `127.0.0.1:${await freePort()}` });
    const server = await start({ port, dbFile });
    expect(server.reused).toBe(false);
    expect(isRunning(record.pid)).toBe(false);
  }, 60_000);

  test('a stale record of a killed server is taken over, and what was stored is there', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const first = await start({ port, dbFile });
    const record = readFileSync(`${dbFile}.server`);
    process.kill(first.pid, 'SIGKILL');
    await first.whenEnded();
    writeFileSync(`${dbFile}.server`, record);
    const second = await start({ port, dbFile });
    expect(second.reused).toBe(false);
    expect(second.pid).not.toBe(first.pid);
  });

  test('a database of another server version is set aside, and said', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    writeFileSync(dbFile, 'of another version');
    writeFileSync(`${dbFile}.version`, '1.29.1\n');
    const lines: string[] = [];
    await start({ port, dbFile, onProgress: (line) => lines.push(line) });
    expect(lines[0]).toBe(`the server's database is of another version and was set aside as ${dbFile}.server-1.29.1`);
    expect(readFileSync(`${dbFile}.server-1.29.1`, 'utf8')).toBe('of another version');
  });

  test('a database that the server cannot open is a clear error', async () => {
    const [port, dbFile] = [await freePort(), await newDatabase()];
    const { serverVersion, stop } = await start({ port, dbFile });
    await stop();
    for (const suffix of ['-wal', '-shm', '']) writeFileSync(dbFile + suffix, 'not a database at all'.repeat(100));
    writeFileSync(`${dbFile}.version`, serverVersion);
    await expect(start({ port, dbFile })).rejects.toMatchObject({
      code: 'ProviderFailed',
      message: 'the Temporal server ended while it started',
      place: { file: join(dirname(dbFile), 'server.log'), found: expect.stringMatching(/./) },
    });
    expect(await isListening(port)).toBe(false);
  });

  test('a port that another program has', async () => {
    const other = createServer((socket) => socket.on('error', () => {}).end('hello'));
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const end = new RegExp(
      `^port ${port} is taken by .* \\(pid ${process.pid}\\); end it, or choose another port with --`,
    );
    await expect(start({ port, dbFile: 'memory' })).rejects.toMatchObject({ message: expect.stringMatching(end) });
    const ui = start({ port: await freePort(), uiPort: port, dbFile: 'memory' });
    await expect(ui).rejects.toMatchObject({
      code: 'ProviderFailed',
      message: expect.stringMatching(/ with --ui-port$/),
    });
  });

  test('a port that a Temporal server has', async () => {
    const port = await freePort();
    const { serverVersion, pid } = await start({ port, dbFile: 'memory' });
    await expect(start({ port, dbFile: await newDatabase() })).rejects.toThrow(
      `port ${port} is taken by temporal (pid ${pid}); that is a Temporal server ${serverVersion}: ` +
        `use it (TEMPORAL_ADDRESS=127.0.0.1:${port}), or choose another port with --port`,
    );
  });

  test('endProcess leaves alone whoever got the pid since', async () => {
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await endProcess(child.pid ?? 0, 'another start');
    expect(isRunning(child.pid ?? 0)).toBe(true);
    child.stdin.end();
    await once(child, 'exit');
  });
});

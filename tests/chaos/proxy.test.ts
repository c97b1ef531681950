import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Proxy, startProxy } from './proxy.ts';

/** A server that answers every message with `re:` and itself, and keeps what it was sent. */
async function linked() {
  const got: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (bytes: Buffer) => {
      got.push(bytes.toString());
      socket.write(`re:${bytes.toString()}`);
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await startProxy({ port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await proxy.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { proxy, got, sockets };
}

/** A client of the proxy, with all that it hears. */
async function dial({ port }: Proxy) {
  const socket = connect(port, '127.0.0.1');
  const heard: string[] = [];
  let end = 'open';
  socket.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
  socket.on('end', () => (end = 'closed'));
  socket.on('error', (error: NodeJS.ErrnoException) => (end = error.code ?? error.message));
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return { socket, heard, text: () => heard.join(''), end: () => end };
}

describe('a healthy link', () => {
  test('carries bytes both ways, in order, and closes', async () => {
    const { proxy, got } = await linked();
    const client = await dial(proxy);
    const long = 'x'.repeat(300_000);
    client.socket.write('one');
    await expect.poll(client.text).toBe('re:one');
    client.socket.write(long);
    await expect.poll(() => got.join('').length).toBe(300_003);
    client.socket.end();
    await expect.poll(proxy.count).toBe(0);
  });
});

test('cut: what was open is gone, and the next connection passes', async () => {
  const { proxy } = await linked();
  const before = await dial(proxy);
  proxy.cut();
  await expect.poll(before.end).toBe('closed');
  const after = await dial(proxy);
  after.socket.write('a');
  await expect.poll(after.text).toBe('re:a');
});

describe('toxics', () => {
  test('latency: nothing comes before its time, everything comes, in order', async () => {
    const { proxy } = await linked();
    const client = await dial(proxy);
    proxy.add({ kind: 'latency', ms: 80, jitterMs: 20, direction: 'down' });
    const sentMs = performance.now();
    client.socket.write('a');
    await once(client.socket, 'data');
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(79);
    for (const letter of 'bcd') client.socket.write(letter);
    await expect.poll(() => client.text().replaceAll('re:', '')).toBe('abcd');
  });

  test('bandwidth and slicer: small pieces, and no faster than allowed', async () => {
    const { proxy } = await linked();
    const client = await dial(proxy);
    proxy.add({ kind: 'slicer', bytes: 7, pauseMs: 1, direction: 'down' });
    proxy.add({ kind: 'bandwidth', bytesPerSecond: 1_000, direction: 'down' });
    const sentMs = performance.now();
    client.socket.write('y'.repeat(97));
    await expect.poll(() => client.text().length).toBe(100);
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(95);
    expect(client.heard.length).toBeGreaterThan(7);
  });

  test('limitData: so many bytes pass, then the connection is gone', async () => {
    const { proxy } = await linked();
    const client = await dial(proxy);
    proxy.add({ kind: 'limitData', bytes: 5, direction: 'down' });
    client.socket.write('abcdefgh');
    await expect.poll(client.end).not.toBe('open');
    expect(client.text()).toBe('re:ab');
  });

  test('dropRequest: it never arrives and the client sees a reset; the next one arrives', async () => {
    const { proxy, got } = await linked();
    const client = await dial(proxy);
    proxy.add({ kind: 'dropRequest' });
    client.socket.write('lost');
    await expect.poll(client.end).toBe('ECONNRESET');
    const next = await dial(proxy);
    next.socket.write('next');
    await expect.poll(next.text).toBe('re:next');
    expect(got).toEqual(['next']);
  });

  test.each([
    [false, 'ECONNRESET'],
    [true, 'open'],
  ] as const)('dropResponse (hang %j): it arrives, its answer does not, the client sees %s', async (hang, end) => {
    const { proxy, got } = await linked();
    const client = await dial(proxy);
    proxy.add({ kind: 'dropResponse', hang });
    client.socket.write('order');
    await expect.poll(() => got).toEqual(['order']);
    const next = await dial(proxy);
    next.socket.write('next');
    await expect.poll(next.text).toBe('re:next');
    await expect.poll(client.end).toBe(end);
    expect(client.text()).toBe('');
  });

  test('hold: nothing passes until it is over or healed, then everything does, in order', async () => {
    const { proxy, got } = await linked();
    const client = await dial(proxy);
    const id = proxy.add({ kind: 'hold', ms: 60_000 });
    for (const letter of 'abc') client.socket.write(letter);
    await dial(proxy);
    expect(got).toEqual([]);
    proxy.remove(id);
    await expect.poll(() => got.join('')).toBe('abc');
    await expect.poll(() => client.text().replaceAll('re:', '')).toBe('abc');
  });

  test('halfOpen: both ends stay open and hear nothing, after healing too; new connections work', async () => {
    const { proxy, got, sockets } = await linked();
    const client = await dial(proxy);
    client.socket.write('a');
    await expect.poll(client.text).toBe('re:a');
    proxy.add({ kind: 'halfOpen' });
    client.socket.write('b');
    sockets[0]?.end();
    proxy.clear();
    const next = await dial(proxy);
    next.socket.write('c');
    await expect.poll(next.text).toBe('re:c');
    expect([got, client.text(), client.end()]).toEqual([['a', 'c'], 're:a', 'open']);
  });

  test('timeout: nothing passes, and then the connection closes', async () => {
    const { proxy, got } = await linked();
    const client = await dial(proxy);
    proxy.add({ kind: 'timeout', ms: 50 });
    client.socket.write('a');
    await expect.poll(client.end).toBe('closed');
    expect(got).toEqual([]);
  });

  test('resetPeer: both ends are reset, connections that come later too', async () => {
    const { proxy, sockets } = await linked();
    const client = await dial(proxy);
    await expect.poll(() => sockets.length).toBe(1);
    const id = proxy.add({ kind: 'resetPeer', ms: 0 });
    await expect.poll(client.end).toBe('ECONNRESET');
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
    const later = await dial(proxy);
    await expect.poll(later.end).toBe('ECONNRESET');
    proxy.remove(id);
    const healed = await dial(proxy);
    healed.socket.write('x');
    await expect.poll(healed.text).toBe('re:x');
  });

  test('slowClose: the client hears of the end later than the server said it', async () => {
    const { proxy, sockets } = await linked();
    const client = await dial(proxy);
    await expect.poll(() => sockets.length).toBe(1);
    proxy.add({ kind: 'slowClose', ms: 80 });
    const saidMs = performance.now();
    sockets[0]?.end();
    await once(client.socket, 'end');
    expect(performance.now() - saidMs).toBeGreaterThanOrEqual(79);
  });

  test('a target that is not there: the client sees a reset', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const proxy = await startProxy({ port });
    onTestFinished(proxy.close);
    const socket = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await expect.poll(proxy.count).toBe(0);
  });
});

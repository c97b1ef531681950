import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createPrng } from '../../core/math/prng.ts';
import { createToxics, type Direction, type Toxic } from './toxics.ts';

/** A TCP proxy on one link, whose faults a test turns on and off. */
export type Proxy = Readonly<{
  /** `127.0.0.1:port`, to be dialled in place of the target. */
  address: string;
  port: number;
  /** Strikes open and coming connections; gives the id to remove it by. */
  add(toxic: Toxic): number;
  remove(id: number): void;
  /** Heals the link: what was held passes. Connections that are half-open stay so. */
  clear(): void;
  /** Closes every open connection; new ones pass. */
  cut(): void;
  /** Open connections. */
  count(): number;
  close(): Promise<void>;
}>;

type Link = Readonly<{ toxics: ReturnType<typeof createToxics>; float: () => number; lines: Set<Line> }>;

/** One connection through the proxy. */
type Line = {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly passed: Record<Direction, number>;
  /** Nothing passes any more, closes neither. */
  halfOpen: boolean;
  /** The answer to what was sent is to be lost. */
  losesAnswer: 'no' | 'reset' | 'hang';
};

/** Pieces that wait in one direction before reading stops. */
const piecesLimit = 1024;

/** How often a held or stopped link looks whether it was healed. */
const healCheckMs = 10;

/** Forwards `127.0.0.1:port` to a target. `seed` decides jitter only. */
export async function startProxy(
  target: Readonly<{ host?: string; port: number }>,
  { seed = 1, port = 0 }: Readonly<{ seed?: number; port?: number }> = {},
): Promise<Proxy> {
  const link: Link = { toxics: createToxics(), float: createPrng(seed).nextFloat, lines: new Set() };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({
      host: target.host ?? '127.0.0.1',
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
    });
    const line: Line = { client, upstream, passed: { up: 0, down: 0 }, halfOpen: false, losesAnswer: 'no' };
    link.lines.add(line);
    forward(link, line, 'up');
    forward(link, line, 'down');
    for (const toxic of ['halfOpen', 'timeout', 'resetPeer'] as const) strike(line, link.toxics.find(toxic));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${own}`,
    port: own,
    add: (toxic) => {
      for (const line of link.lines) strike(line, toxic);
      return link.toxics.add(toxic);
    },
    remove: link.toxics.remove,
    clear: link.toxics.clear,
    cut: () => {
      for (const line of link.lines) cut(line);
    },
    count: () => link.lines.size,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const line of link.lines) cut(line);
      await closed;
    },
  };
}

/** What a toxic does to a connection by itself, without bytes. */
function strike(line: Line, toxic: Toxic | undefined): void {
  if (toxic?.kind === 'halfOpen') line.halfOpen = true;
  if (toxic?.kind === 'resetPeer') setTimeout(() => reset(line), toxic.ms).unref();
  if (toxic?.kind === 'timeout') setTimeout(() => cut(line), toxic.ms).unref();
}

function cut({ client, upstream }: Line): void {
  client.destroy();
  upstream.destroy();
}

function reset({ client, upstream }: Line): void {
  client.resetAndDestroy();
  upstream.resetAndDestroy();
}

type Piece = Readonly<{ bytes: Buffer; atMs: number }>;

/** Carries one direction of a connection, piece by piece, in order. */
function forward(link: Link, line: Line, direction: Direction): void {
  const [from, to] = direction === 'up' ? [line.client, line.upstream] : [line.upstream, line.client];
  const pieces: Piece[] = [];
  let carrying = false;
  const carry = async () => {
    if (carrying) return;
    carrying = true;
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      await deliver(link, line, { piece, direction, to });
      if (pieces.length < piecesLimit / 2 && from.isPaused()) from.resume();
    }
    carrying = false;
    if (from.readableEnded && !line.halfOpen) {
      await pause(link.toxics.find('slowClose')?.ms ?? 0);
      if (to.writable) to.end();
    }
  };
  from.on('data', (bytes: Buffer) => {
    pieces.push({ bytes, atMs: performance.now() });
    if (pieces.length >= piecesLimit) from.pause();
    void carry();
  });
  from.on('end', () => void carry());
  // Broken, not closed in order: the other end sees the same. The close event follows an error by itself.
  from.on('error', () => {
    if (!line.halfOpen) to.resetAndDestroy();
  });
  from.on('close', () => {
    if (line.client.destroyed && line.upstream.destroyed) link.lines.delete(line);
    else if (!line.halfOpen && from.errored !== null) to.destroy();
  });
}

type Delivery = Readonly<{ piece: Piece; direction: Direction; to: Socket }>;

async function deliver(link: Link, line: Line, { piece, direction, to }: Delivery): Promise<void> {
  const { toxics } = link;
  await delayed(link, piece, direction);
  if (line.halfOpen || (direction === 'up' ? isLostRequest(link, line) : isLostAnswer(line))) return;
  const { bytes = piece.bytes.length, pauseMs = 0 } = toxics.find('slicer', direction) ?? {};
  for (let start = 0; start < piece.bytes.length; start += bytes) {
    if (start > 0) await pause(pauseMs);
    const part = piece.bytes.subarray(start, start + bytes);
    await paced(link, part.length, direction);
    const { bytes: most = Infinity } = toxics.find('limitData', direction) ?? {};
    const left = most - line.passed[direction];
    line.passed[direction] += part.length;
    if (to.writable) await written(to, left < part.length ? part.subarray(0, Math.max(0, left)) : part);
    if (left <= part.length) {
      cut(line);
      return;
    }
  }
}

/** Latency counts from when the piece came; a held or stopped link waits until it is healed, or `hold` is over. */
async function delayed({ toxics, float }: Link, { atMs }: Piece, direction: Direction): Promise<void> {
  const { ms = 0, jitterMs = 0 } = toxics.find('latency', direction) ?? {};
  const leftMs = atMs + ms + jitterMs * float() - performance.now();
  if (ms > 0 && leftMs > 0) await pause(leftMs);
  const heldMs = () => toxics.find('hold')?.ms ?? 0;
  while (performance.now() < atMs + heldMs() || toxics.find('timeout') !== undefined) await pause(healCheckMs);
}

async function paced({ toxics }: Link, length: number, direction: Direction): Promise<void> {
  const bandwidth = toxics.find('bandwidth', direction);
  if (bandwidth !== undefined) await pause((length / bandwidth.bytesPerSecond) * 1000);
}

function isLostRequest({ toxics }: Link, line: Line): boolean {
  if (toxics.take('dropRequest') !== undefined) {
    line.client.resetAndDestroy();
    line.upstream.destroy();
    return true;
  }
  const lost = toxics.take('dropResponse');
  if (lost !== undefined) line.losesAnswer = lost.hang === true ? 'hang' : 'reset';
  return false;
}

function isLostAnswer(line: Line): boolean {
  if (line.losesAnswer === 'reset') reset(line);
  return line.losesAnswer !== 'no';
}

/** Waits where the reader is slow. */
const written = (socket: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => socket.write(bytes, () => resolve()));

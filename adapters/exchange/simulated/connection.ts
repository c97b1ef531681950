import type { RawData, WebSocket } from 'ws';
import { closeWith } from './close-code.ts';
import type { FaultMatch } from './faults.ts';
import type { Simulation } from './simulation.ts';

/** What a frame is about, for faults. `fill` marks a user event that reports one. */
export type FrameOccasion = Readonly<{ stream: string; symbol?: string; account?: string; fill?: boolean }>;

/** One client socket with the faults that life has for it. */
export type Connection = {
  readonly id: number;
  readonly venue: string;
  /** Path and query below the venue's prefix. */
  readonly url: string;
  readonly ip: string;
  readonly socket: WebSocket;
  readonly openedMs: number;
  /** Half-open: nothing goes out any more, pongs neither. */
  silent: boolean;
  /** Wire time of the last frame that went out. */
  lastSentMs: number;
  held: string | undefined;
  /** Ids of the accounts that it authenticated as. */
  readonly accounts: Set<string>;
};

/** Sockets that are open, by id. */
export type Connections = Map<number, Connection>;

/** Bytes that may wait for a slow reader before it is cut off, as venues do. */
const bufferLimit = 16 * 1024 * 1024;

/** Sends an answer to a client's own message: only a half-open socket loses it. */
export function reply(simulation: Simulation, connection: Connection, text: string): void {
  if (connection.silent || connection.socket.readyState !== connection.socket.OPEN) return;
  connection.lastSentMs = simulation.wireMs();
  connection.socket.send(text);
  if (connection.socket.bufferedAmount > bufferLimit) connection.socket.terminate();
}

const frameFaults = ['gap', 'reorder', 'duplicate', 'stale', 'bad-json', 'ws-close', 'ws-half-open'] as const;
const fillFaults = [...frameFaults, 'dup-fill', 'lost-fill', 'late-fill'] as const;

/** Sends an event of a stream, through whatever faults strike it. */
export function deliver(simulation: Simulation, connection: Connection, text: string, occasion: FrameOccasion): void {
  const { faults } = simulation;
  if (faults.list().length === 0 && connection.held === undefined) return reply(simulation, connection, text);
  const { stream, symbol, account } = occasion;
  const at: FaultMatch = {
    venue: connection.venue,
    stream,
    ...(symbol !== undefined && { symbol }),
    ...(account !== undefined && { account }),
  };
  const fault = faults.strike(occasion.fill === true ? fillFaults : frameFaults, at);
  const delayMs = fault?.args?.ms ?? 10_000;
  const send = (frame: string) => reply(simulation, connection, frame);
  switch (fault?.kind) {
    case undefined:
      send(text);
      break;
    case 'gap':
    case 'lost-fill':
      return;
    case 'duplicate':
    case 'dup-fill':
      send(text);
      return send(text);
    case 'stale':
    case 'late-fill':
      setTimeout(() => send(text), delayMs).unref();
      return;
    case 'reorder':
      connection.held = text;
      return;
    case 'bad-json':
      return send(text.slice(0, Math.floor(text.length / 2)));
    case 'ws-close':
      closeWith(connection.socket, fault.args?.code ?? 1001);
      return;
    case 'ws-half-open':
      connection.silent = true;
      return;
  }
  if (connection.held === undefined) return;
  const late = connection.held;
  connection.held = undefined;
  send(late);
}

/** A client's message as text, however its frames came. */
export const messageText = (data: RawData): string => {
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString('utf8');
  return (Array.isArray(data) ? Buffer.concat(data) : data).toString('utf8');
};

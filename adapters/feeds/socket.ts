import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { every, type Timers } from './timers.ts';

/** What a socket tells; `down` comes once and last, whatever ended it. */
export type SocketEvents = Readonly<{
  open(): void;
  text(text: string, receivedMs: number): void;
  down(reason: string): void;
}>;

export type FeedSocket = Readonly<{
  send(text: string): void;
  /** Cuts it without a farewell: nobody waits for the other side. */
  end(reason: string): void;
}>;

/** ws's own defaults are loose (100 MiB frames, compression on, no time limit for the handshake). */
const socketOptions: ClientOptions = {
  maxPayload: 4 * 1024 * 1024,
  perMessageDeflate: false,
  handshakeTimeout: 5_000,
  followRedirects: false,
};

const beatMs = 1_000;
const pingEveryBeats = 2;

/** A socket that brought no frame, pong included, for this long is dead. */
export const deadAfterMs = 5_000;

/** Opens a socket that proves every two seconds that it is alive, and says so when it is not. */
export function openFeedSocket(address: string, events: SocketEvents, timers: Timers): FeedSocket {
  const socket = new WebSocket(address, socketOptions);
  let lastFrameMs = timers.monotonicMs();
  let stopBeats: (() => void) | undefined;
  let over = false;
  const end = (reason: string) => {
    if (over) return;
    over = true;
    stopBeats?.();
    socket.terminate();
    events.down(reason);
  };
  let beats = 0;
  const beat = () => {
    beats += 1;
    if (timers.monotonicMs() - lastFrameMs >= deadAfterMs) end(`no frame for ${deadAfterMs / 1000} s`);
    else if (beats % pingEveryBeats === 0) socket.ping();
  };
  const alive = () => {
    lastFrameMs = timers.monotonicMs();
  };
  socket.on('open', () => {
    if (over) return;
    alive();
    stopBeats = every(timers, beatMs, beat);
    events.open();
  });
  socket.on('ping', alive);
  socket.on('pong', alive);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (over) return;
    alive();
    if (isBinary) end('a binary frame');
    else events.text(textOf(data), timers.nowMs());
  });
  socket.on('close', (code) => end(`closed with ${code}`));
  // The reason is of ours or of the network; a close follows, but not always before the handshake.
  socket.on('error', (error) => end(reasonOf(error)));
  return {
    send: (text) => {
      if (!over && socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    end,
  };
}

const textOf = (data: RawData): string => {
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString('utf8');
  return (Array.isArray(data) ? Buffer.concat(data) : data).toString('utf8');
};

/** An error's code or first words: never an address, which may carry a listen key. */
const reasonOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.message.slice(0, 100);

import { errorDocument, errorLine } from '../../core/errors.ts';
import type { Prng } from '../../core/math/prng.ts';
import type { FeedEvent } from '../../core/ports/market-feed.ts';
import { backoffMs, type AttemptGate } from './backoff.ts';
import { openFeedSocket, type FeedSocket } from './socket.ts';
import type { Timers } from './timers.ts';
import { noticeEvent, type LinePlan, type Session, type SessionHandle } from './venue.ts';

/** A connection is given up that has not everything confirmed by then. */
const confirmWithinMs = 10_000;

/** A connection that held for this long was a good one: the next loss starts at the shortest wait. */
const stableAfterMs = 30_000;

/** Share of a connection's life that chance takes off, so that not all are replaced at once. */
const lifeJitter = 0.01;

/** A successor whose books do not settle takes over all the same after this long. */
const settleWithinMs = 10_000;

/** Events that a successor holds until it takes over; more are let go, and gaps show by their ids. */
const heldLimit = 50_000;

export type LineContext = Readonly<{
  timers: Timers;
  prng: Prng;
  gate: AttemptGate;
  /** How long a connection is used. */
  lifeMs: number;
  signal: AbortSignal;
  deliver(event: FeedEvent): void;
  /** The connection is another one than before: what fell between them has to be asked for. */
  reconnected(plan: LinePlan): void;
}>;

export type Line = Readonly<{ plan: LinePlan; fail(reason: string): void }>;

type Connection = {
  readonly stop: AbortController;
  readonly cancels: (() => void)[];
  readonly held: FeedEvent[];
  socket: FeedSocket | undefined;
  ready: boolean;
};

type State = {
  readonly plan: LinePlan;
  readonly context: LineContext;
  /** The one whose events are delivered. */
  current: Connection | undefined;
  /** The one that is to replace it. */
  successor: Connection | undefined;
  /** Losses since the last good connection. */
  attempt: number;
  greetings: number;
  cancelWait: (() => void) | undefined;
};

/** Keeps one connection of a plan up until the signal aborts: reconnects it, and replaces it before its end of life. */
export function keepLine(plan: LinePlan, context: LineContext): Line {
  const line: State = {
    plan,
    context,
    current: undefined,
    successor: undefined,
    attempt: 0,
    greetings: 0,
    cancelWait: undefined,
  };
  line.current = connect(line);
  const end = () => {
    line.cancelWait?.();
    for (const connection of [line.current, line.successor])
      if (connection !== undefined) discard(connection, 'stopped');
  };
  context.signal.addEventListener('abort', end, { once: true });
  return {
    plan,
    fail: (reason) => {
      if (line.current !== undefined) lost(line, line.current, reason);
    },
  };
}

function connect(line: State): Connection {
  const connection: Connection = {
    stop: new AbortController(),
    cancels: [],
    held: [],
    socket: undefined,
    ready: false,
  };
  later(line, connection, confirmWithinMs, () => {
    if (!connection.ready) lost(line, connection, `not confirmed within ${confirmWithinMs / 1000} s`);
  });
  void open(line, connection);
  return connection;
}

async function open(line: State, connection: Connection): Promise<void> {
  const { plan, context } = line;
  const { signal } = connection.stop;
  let address: string;
  try {
    address = await plan.address(signal);
  } catch (error) {
    return lost(line, connection, errorLine(errorDocument(error)));
  }
  if (signal.aborted) return;
  let session: Session | undefined;
  const events = {
    open: () => {
      session = plan.begin(handleOf(line, connection));
    },
    text: (text: string, receivedMs: number) => session?.receive(text, receivedMs),
    down: (reason: string) => lost(line, connection, reason),
  };
  connection.socket = openFeedSocket(address, events, context.timers);
}

function handleOf(line: State, connection: Connection): SessionHandle {
  const { timers, deliver } = line.context;
  return {
    send: (message) => connection.socket?.send(JSON.stringify(message)),
    emit: (event) => {
      if (connection.stop.signal.aborted) return;
      if (connection === line.current) deliver(event);
      else if (connection.held.length < heldLimit) connection.held.push(event);
    },
    ready: () => ready(line, connection),
    settled: () => settled(line, connection),
    fail: (reason) => lost(line, connection, reason),
    retire: () => {
      if (connection === line.current) retire(line);
    },
    signal: connection.stop.signal,
    timers,
  };
}

function later({ context }: State, connection: Connection, ms: number, work: () => void): void {
  connection.cancels.push(context.timers.after(ms, work));
}

function discard(connection: Connection, reason: string): void {
  connection.stop.abort(new Error(reason));
  for (const cancel of connection.cancels) cancel();
  connection.socket?.end(reason);
}

function lost(line: State, connection: Connection, reason: string): void {
  if (connection.stop.signal.aborted) return;
  discard(connection, reason);
  const { signal, timers, deliver } = line.context;
  if (signal.aborted) return;
  if (connection === line.successor) {
    line.successor = undefined;
    return wait(line, () => retire(line));
  }
  line.current = undefined;
  const told = { stream: line.plan.name, receivedMs: timers.nowMs(), reason: reason.slice(0, 200) };
  deliver(noticeEvent({ kind: 'disconnected', ...told }));
  if (line.successor !== undefined) return promote(line, line.successor);
  wait(line, () => {
    line.current = connect(line);
  });
}

function wait(line: State, work: () => void): void {
  const { prng, timers, gate, signal } = line.context;
  const ms = backoffMs(line.attempt, prng);
  line.attempt += 1;
  line.cancelWait?.(); // a lost connection matters more than a lost successor of it
  line.cancelWait = timers.after(ms, () => {
    gate(signal).then(work, () => undefined); // rejects only when the feed ends
  });
}

function ready(line: State, connection: Connection): void {
  if (connection.ready || connection.stop.signal.aborted) return;
  connection.ready = true;
  later(line, connection, stableAfterMs, () => {
    line.attempt = 0;
  });
  const { lifeMs, prng } = line.context;
  later(line, connection, Math.round(lifeMs * (1 - lifeJitter * prng.nextFloat())), () => retire(line));
  if (connection === line.current) greet(line);
  else later(line, connection, settleWithinMs, () => settled(line, connection));
}

function greet(line: State): void {
  const { timers, deliver, reconnected } = line.context;
  deliver(noticeEvent({ kind: 'connected', stream: line.plan.name, receivedMs: timers.nowMs() }));
  line.greetings += 1;
  if (line.greetings > 1) reconnected(line.plan);
}

/** Opens the successor of a connection whose end is near. */
function retire(line: State): void {
  if (line.context.signal.aborted || line.current === undefined || line.successor !== undefined) return;
  line.successor = connect(line);
}

function settled(line: State, connection: Connection): void {
  if (connection === line.successor && !connection.stop.signal.aborted) promote(line, connection);
}

/** The successor takes over: what it heard meanwhile is told now, and what came twice goes by its ids. */
function promote(line: State, connection: Connection): void {
  const before = line.current;
  line.current = connection;
  line.successor = undefined;
  if (before !== undefined) discard(before, 'replaced');
  for (const event of connection.held.splice(0)) line.context.deliver(event);
  if (connection.ready) greet(line);
}

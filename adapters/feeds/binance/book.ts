import { createBookSide, isCrossed, type BookSide, type Level } from '../book-side.ts';
import { sleep } from '../timers.ts';
import { noticeEvent, type SessionHandle } from '../venue.ts';
import type { DepthUpdate } from './messages.ts';

/** Levels of a snapshot: what one request of either API gives at most. */
export const snapshotLevels = 1_000;

/** Levels that are kept a side; differences also tell of levels outside the snapshot. */
const keptLevels = 5_000;

/** Differences that wait for a snapshot; more of them, and the connection is given up. */
const waitingLimit = 10_000;

const retryMs = [250, 1_000, 2_000, 5_000, 15_000, 30_000];

type Rows = readonly (readonly [string, string])[];

export type DepthSnapshot = Readonly<{ lastUpdateId: number; bids: Rows; asks: Rows }>;

type BookContext = Readonly<{
  symbol: string;
  depth: number;
  handle: SessionHandle;
  snapshot(signal: AbortSignal): Promise<DepthSnapshot>;
  onSynced(): void;
}>;

export type BinanceBook = Readonly<{
  /** Once the venue has confirmed the stream: an earlier snapshot may miss what came in between. */
  start(): void;
  take(update: DepthUpdate, receivedMs: number): void;
}>;

type Waiting = Readonly<{ update: DepthUpdate; receivedMs: number }>;

type State = {
  readonly context: BookContext;
  readonly bids: BookSide;
  readonly asks: BookSide;
  /** Undefined while there is no book. */
  lastId: number | undefined;
  /** Worst prices of the snapshot: beyond them levels may exist that nobody told of. */
  reach: Readonly<{ bid: number; ask: number }>;
  waiting: Waiting[];
  syncs: number;
};

/**
 * Binance's recipe for a local book: differences wait until a snapshot is there, those that it holds are dropped, the
 * rest has to join without a hole. After a hole, a crossed book, or a move past what the snapshot reached, it begins
 * anew, and tells no book meanwhile.
 */
export function createBinanceBook(context: BookContext): BinanceBook {
  const book: State = {
    context,
    bids: createBookSide('bids', keptLevels),
    asks: createBookSide('asks', keptLevels),
    lastId: undefined,
    reach: { bid: -Infinity, ask: Infinity },
    waiting: [],
    syncs: 0,
  };
  return {
    start: () => void sync(book),
    take: (update, receivedMs) => {
      if (book.lastId !== undefined) return apply(book, { update, receivedMs });
      if (book.waiting.length >= waitingLimit) return context.handle.fail(`no snapshot of ${context.symbol}`);
      book.waiting.push({ update, receivedMs });
    },
  };
}

/** The update id that an event goes on from: USD-M says it (`pu`), on spot it is the id before the first. */
const goesOnFrom = ({ pu, U }: DepthUpdate): number => pu ?? U - 1;

function apply(book: State, entry: Waiting): void {
  const { update, receivedMs } = entry;
  if (book.lastId === undefined) return void book.waiting.push(entry);
  if (update.u <= book.lastId) return;
  const { symbol, handle } = book.context;
  const stream = `book ${symbol}`;
  const missing = goesOnFrom(update) - book.lastId;
  if (missing > 0) {
    handle.emit(noticeEvent({ kind: 'gap', stream, receivedMs, missing, backfilled: false }));
    return resync(book, entry);
  }
  book.lastId = update.u;
  for (const [price, amount] of update.b) book.bids.set(Number(price), Number(amount));
  for (const [price, amount] of update.a) book.asks.set(Number(price), Number(amount));
  if (isCrossed(book.bids.levels, book.asks.levels)) {
    handle.emit(noticeEvent({ kind: 'badFrame', stream, receivedMs, reason: 'a crossed book' }));
    return resync(book, entry);
  }
  if (isBeyondReach(book)) return resync(book, entry);
  emit(book, { venueMs: update.E, receivedMs, sequence: update.u });
}

function isBeyondReach({ bids, asks, reach, context: { depth } }: State): boolean {
  return (bids.levels[depth - 1]?.[0] ?? 0) < reach.bid || (asks.levels[depth - 1]?.[0] ?? Infinity) > reach.ask;
}

function emit(book: State, at: Readonly<{ venueMs: number; receivedMs: number; sequence: number }>): void {
  const { symbol, depth, handle } = book.context;
  const bids = book.bids.levels.slice(0, depth);
  const asks = book.asks.levels.slice(0, depth);
  handle.emit({ type: 'book', book: { symbol, ...at, bids, asks } });
}

function resync(book: State, first: Waiting): void {
  book.lastId = undefined;
  book.waiting = [first];
  void sync(book);
}

/** Asks until a snapshot reaches the first difference that waits. */
async function sync(book: State): Promise<void> {
  const { snapshot, handle } = book.context;
  const { signal, timers } = handle;
  for (let attempt = 0; !signal.aborted; attempt++) {
    const found = await snapshot(signal).catch(() => undefined);
    if (signal.aborted) return;
    const first = book.waiting.reduce((least, { update }) => Math.min(least, goesOnFrom(update)), Infinity);
    if (found !== undefined && (book.waiting.length === 0 || found.lastUpdateId >= first)) return begin(book, found);
    await sleep(timers, retryMs[Math.min(attempt, retryMs.length - 1)], signal).catch(() => undefined);
  }
}

function begin(book: State, { lastUpdateId, bids, asks }: DepthSnapshot): void {
  const { symbol, handle, onSynced } = book.context;
  book.bids.replace(numbers(bids));
  book.asks.replace(numbers(asks));
  book.lastId = lastUpdateId;
  book.reach = {
    bid: bids.length < snapshotLevels ? -Infinity : Number(bids.at(-1)?.[0]),
    ask: asks.length < snapshotLevels ? Infinity : Number(asks.at(-1)?.[0]),
  };
  const held = book.waiting.toSorted((a, b) => a.update.u - b.update.u);
  book.waiting = [];
  const nowMs = handle.timers.nowMs();
  const newest = held.at(-1); // a snapshot says no time of its own on spot
  emit(book, {
    venueMs: newest?.update.E ?? nowMs,
    receivedMs: newest?.receivedMs ?? nowMs,
    sequence: lastUpdateId,
  });
  book.syncs += 1;
  if (book.syncs > 1) handle.emit(noticeEvent({ kind: 'resynced', stream: `book ${symbol}`, receivedMs: nowMs }));
  for (const entry of held) apply(book, entry);
  onSynced();
}

const numbers = (rows: Rows): Level[] => rows.map(([price, amount]) => [Number(price), Number(amount)]);

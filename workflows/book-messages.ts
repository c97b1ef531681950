import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { parseWant, type Want } from '../core/orders/want.ts';
import { refusalOf, statusOfWant, takeWant, type WantQueue, type WantStatus } from '../core/orders/want-queue.ts';
import { orFatal } from './failures.ts';

/** How the books of an account stand, for people. */
export type BooksView = Readonly<{
  account: string;
  waiting: readonly Want[];
  underWay: readonly Readonly<{ groupId: string; symbol: string; members: number }>[];
  /** Wants that ended, as far as they are remembered. */
  ended: number;
}>;

export const viewQuery = defineQuery<BooksView>('view');
/** Where one want stands, and what came of it. */
export const wantResultQuery = defineQuery<WantStatus, [{ intentId: string }]>('wantResult');
/** Takes a want; answers with it as it was read. With the same intentId again it is the same want. */
export const wantUpdate = defineUpdate<Want, [unknown]>('want');

/** What the workflow keeps between its steps, and what its message handlers work on. */
export type Books = {
  readonly account: string;
  queue: WantQueue;
  /** Why no want is taken any more; empty while they are. */
  closed: string;
  /** `identity` of the order store that they were loaded from. */
  storeId?: string | undefined;
};

/** Lets the messages of `bookTrading` in; their effects are on `books`. */
export function handleBookMessages(books: Books): void {
  setHandler(viewQuery, () => viewOf(books), { description: 'What waits, and what is under way' });
  setHandler(wantResultQuery, ({ intentId }) => statusOfWant(books.queue, intentId), {
    description: 'Where a want stands: {"intentId": "…"}',
  });
  setHandler(
    wantUpdate,
    (message) => {
      const want = readWant(message);
      books.queue = takeWant(books.queue, want);
      return want;
    },
    {
      validator: (message) => validateWant(books, message),
      description:
        'A book wants to trade: {"intentId": "…", "book": "STR-001", "symbol": "BTC/USDT", "side": "buy", "amount": "0.01", "reason": "…"}',
    },
  );
}

function viewOf({ account, queue }: Books): BooksView {
  const underWay = queue.underWay.map(({ groupId, symbol, members }) => ({ groupId, symbol, members: members.length }));
  return { account, waiting: queue.waiting, underWay, ended: queue.ended.length };
}

// Validators run without being awaited: they must be synchronous, and a rejected update leaves no trace in history.

function validateWant({ queue, closed }: Books, message: unknown): void {
  const refusal = refusalOf(queue, readWant(message));
  if (refusal !== undefined) throw new Error(refusal);
  if (closed !== '') throw new Error(closed);
}

const readWant = (message: unknown): Want => orFatal(() => parseWant(message));

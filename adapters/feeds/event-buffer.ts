import { DeskError } from '../../core/errors.ts';
import type { FeedEvent } from '../../core/ports/market-feed.ts';
import { noticeEvent, streamOfEvent } from './venue.ts';

/** Between a feed and its reader; the policy when it is full is the port's (core/ports/market-feed.ts). */
export type EventBuffer = Readonly<{
  push(event: FeedEvent): void;
  /** Ends after what is left in it; with an error where one is given. */
  end(error?: Error): void;
  next(): Promise<IteratorResult<FeedEvent, undefined>>;
}>;

type Entry = Readonly<{ order: number; event: FeedEvent }>;

type Waiter = Readonly<{ resolve(result: IteratorResult<FeedEvent, undefined>): void; reject(error: Error): void }>;

/** Events that an older reader's picture does not depend on: the next one of the kind says it all. */
const isReplaceable = (event: FeedEvent): boolean =>
  event.type === 'ticker' ||
  event.type === 'book' ||
  (event.type === 'candle' && !event.candle.closed) ||
  (event.type === 'notice' && event.notice.kind === 'badFrame');

export function createEventBuffer(capacity: number, nowMs: () => number): EventBuffer {
  const replaceable = createQueue<Entry>();
  const kept = createQueue<Entry>();
  const dropped = new Map<string, number>();
  let order = 0;
  let ended: Readonly<{ error: Error | undefined }> | undefined;
  let waiter: Waiter | undefined;

  const drop = () => {
    const entry = replaceable.shift();
    if (entry === undefined) return;
    const name = streamOfEvent(entry.event);
    dropped.set(name, (dropped.get(name) ?? 0) + 1);
  };
  const take = (): FeedEvent | undefined => {
    const [lost] = dropped;
    if (lost !== undefined) {
      dropped.delete(lost[0]);
      return noticeEvent({ kind: 'dropped', stream: lost[0], receivedMs: nowMs(), count: lost[1] });
    }
    const first = replaceable.peek();
    const second = kept.peek();
    if (first === undefined) return kept.shift()?.event;
    if (second === undefined || first.order < second.order) return replaceable.shift()?.event;
    return kept.shift()?.event;
  };
  const settle = () => {
    if (waiter === undefined) return;
    const event = take();
    if (event === undefined && ended === undefined) return;
    const { resolve, reject } = waiter;
    waiter = undefined;
    if (event !== undefined) resolve({ done: false, value: event });
    else if (ended?.error !== undefined) reject(ended.error);
    else resolve({ done: true, value: undefined });
  };
  const end = (error?: Error) => {
    ended ??= { error };
    settle();
  };
  return {
    push: (event) => {
      if (ended !== undefined) return;
      order += 1;
      (isReplaceable(event) ? replaceable : kept).push({ order, event });
      if (replaceable.size() + kept.size() > capacity) drop();
      if (kept.size() > 2 * capacity) end(tooSlow(capacity));
      else settle();
    },
    end,
    next: () =>
      new Promise((resolve, reject) => {
        waiter = { resolve, reject };
        settle();
      }),
  };
}

const tooSlow = (capacity: number) =>
  new DeskError('ResourceExhausted', 'the reader of the feed is too slow', {
    expected: `at most ${2 * capacity} events that must not be lost waiting`,
    found: 'more',
  });

/** First in, first out; what was taken is given back to the heap by halves. */
function createQueue<Item>() {
  let items: Item[] = [];
  let head = 0;
  return {
    push: (item: Item): void => void items.push(item),
    peek: (): Item | undefined => items[head],
    size: (): number => items.length - head,
    shift: (): Item | undefined => {
      if (head === items.length) return undefined;
      const item = items[head];
      head += 1;
      if (head > 1_024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEventBuffer } from '../../../adapters/feeds/event-buffer.ts';
import type { FeedEvent } from '../../../core/ports/market-feed.ts';

const times = { venueMs: 1, receivedMs: 2 };
const ticker = (bid: number): FeedEvent => ({
  type: 'ticker',
  ticker: { symbol: 'A/B', bid, ask: bid + 1, last: bid, ...times },
});
const trade = (id: number): FeedEvent => ({
  type: 'trade',
  trade: { symbol: 'A/B', tradeId: String(id), price: 1, amount: 1, takerSide: 'buy', ...times },
});
const candle = (openMs: number, closed: boolean): FeedEvent => ({
  type: 'candle',
  candle: { symbol: 'A/B', timeframe: '1m', openMs, open: 1, high: 1, low: 1, close: 1, volume: 1, closed, ...times },
});

/** Everything that is in it, without waiting. */
async function drain(buffer: ReturnType<typeof createEventBuffer>): Promise<FeedEvent[]> {
  buffer.end();
  const events: FeedEvent[] = [];
  for (let next = await buffer.next(); next.done !== true; next = await buffer.next()) events.push(next.value);
  return events;
}

describe('event buffer', () => {
  test('lets the oldest tickers go, says how many, and keeps trades and closed candles', async () => {
    const buffer = createEventBuffer(4, () => 9);
    const pushed = [ticker(1), trade(1), ticker(2), candle(60_000, true), candle(120_000, false), ticker(3), trade(2)];
    for (const event of pushed) buffer.push(event);
    expect(await drain(buffer)).toEqual([
      { type: 'notice', notice: { kind: 'dropped', stream: 'ticker A/B', receivedMs: 9, count: 2 } },
      { type: 'notice', notice: { kind: 'dropped', stream: 'candles A/B 1m', receivedMs: 9, count: 1 } },
      trade(1),
      candle(60_000, true),
      ticker(3),
      trade(2),
    ]);
  });

  test('never reorders, never loses a trade, never holds more than it says', async () => {
    const step = fc.oneof(fc.constant('ticker'), fc.constant('trade'), fc.constant('read'));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), async (steps, capacity) => {
        const buffer = createEventBuffer(capacity, () => 0);
        const read: FeedEvent[] = [];
        let pushed = 0;
        let waiting = 0;
        for (const kind of steps) {
          if (kind === 'read') {
            if (waiting === 0) continue;
            const { value } = await buffer.next();
            if (value === undefined) break;
            read.push(value);
            if (value.type === 'trade') waiting -= 1;
          } else {
            pushed += 1;
            buffer.push(kind === 'trade' ? trade(pushed) : ticker(pushed));
            if (kind === 'trade') waiting += 1;
            if (waiting > 2 * capacity) return;
          }
        }
        read.push(...(await drain(buffer)));
        const numbers = read.flatMap((event) =>
          event.type === 'trade' ? [Number(event.trade.tradeId)] : event.type === 'ticker' ? [event.ticker.bid] : [],
        );
        const lost = read.reduce(
          (sum, event) => sum + (event.type === 'notice' && event.notice.kind === 'dropped' ? event.notice.count : 0),
          0,
        );
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        expect(read.filter(({ type }) => type === 'trade').length).toBe(
          steps.filter((kind) => kind === 'trade').length,
        );
        expect(numbers.length + lost).toBe(pushed);
      }),
    );
  });

  test('ends with ResourceExhausted when twice as many wait that must not be lost, after what is in it', async () => {
    const buffer = createEventBuffer(2, () => 0);
    for (let id = 1; id <= 6; id++) buffer.push(trade(id));
    const read: FeedEvent[] = [];
    const reading = async () => {
      for (let next = await buffer.next(); next.done !== true; next = await buffer.next()) read.push(next.value);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'ResourceExhausted' });
    expect(read).toEqual([trade(1), trade(2), trade(3), trade(4), trade(5)]);
  });
});

import type { Candle, FeedEvent, OrderBook, PublicTrade, Ticker } from '../../core/ports/market-feed.ts';
import type { EventBuffer } from './event-buffer.ts';
import { noticeEvent, streamOfEvent } from './venue.ts';

/** The buffer behind a gate: what no market can have is told as a bad frame and never as data, so that nothing trades by it. */
export const onlyPossible = (buffer: EventBuffer, nowMs: () => number): EventBuffer => ({
  ...buffer,
  push: (event) => {
    const reason = whyImpossible(event);
    if (reason === undefined) return buffer.push(event);
    buffer.push(noticeEvent({ kind: 'badFrame', stream: streamOfEvent(event), receivedMs: nowMs(), reason }));
  },
});

/** In words; undefined of what can be. An empty side of a book is possible, and no price comes of it. */
function whyImpossible(event: FeedEvent): string | undefined {
  if (event.type === 'ticker') return ofTicker(event.ticker);
  if (event.type === 'trade') return ofTrade(event.trade);
  if (event.type === 'candle') return ofCandle(event.candle);
  return event.type === 'book' ? ofBook(event.book) : undefined;
}

const isPositive = (value: number): boolean => value > 0 && value < Infinity;

function ofTicker({ bid, ask, last }: Ticker): string | undefined {
  if (isPositive(bid) && isPositive(ask) && isPositive(last) && bid < ask) return undefined;
  return `bid ${bid}, ask ${ask}, last ${last}`;
}

const ofTrade = ({ price, amount }: PublicTrade): string | undefined =>
  isPositive(price) && isPositive(amount) ? undefined : `price ${price}, amount ${amount}`;

function ofCandle({ open, high, low, close, volume }: Candle): string | undefined {
  const isIn = (price: number) => isPositive(price) && low <= price && price <= high;
  if ([open, high, low, close].every(isIn) && volume >= 0 && volume < Infinity) return undefined;
  return `open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;
}

function ofBook({ bids, asks }: OrderBook): string | undefined {
  if (bids.length === 0 || asks.length === 0) return bids.length === 0 ? 'no bids' : 'no asks';
  for (const [price, amount] of [...bids, ...asks]) {
    if (!isPositive(price) || !isPositive(amount)) return `price ${price}, amount ${amount}`;
  }
  return bids[0][0] < asks[0][0] ? undefined : `bid ${bids[0][0]}, ask ${asks[0][0]}`;
}

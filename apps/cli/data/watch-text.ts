import type { Candle, FeedEvent, FeedNotice, OrderBook, PublicTrade, Ticker } from '../../../core/ports/market-feed.ts';

/** `12:00:01.250` UTC of an epoch time. */
const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

/** A line for people: the venue's time, what it is of, its numbers. Notices begin with `--`. */
export function eventText(event: FeedEvent): string {
  if (event.type === 'ticker') return tickerText(event.ticker);
  if (event.type === 'trade') return tradeText(event.trade);
  if (event.type === 'book') return bookText(event.book);
  if (event.type === 'candle') return candleText(event.candle);
  return event.type === 'notice' ? noticeText(event.notice) : JSON.stringify(event);
}

const tickerText = ({ venueMs, symbol, bid, ask, last }: Ticker): string =>
  `${clockText(venueMs)} ${symbol} ticker  bid ${bid}  ask ${ask}  last ${last}`;

const tradeText = ({ venueMs, symbol, tradeId, takerSide, amount, price }: PublicTrade): string =>
  `${clockText(venueMs)} ${symbol} trade   ${takerSide} ${amount} at ${price}  #${tradeId}`;

function bookText({ venueMs, symbol, bids, asks }: OrderBook): string {
  const [[bid, bidAmount], [ask, askAmount]] = [bids[0], asks[0]]; // no feed tells a book with an empty side
  return `${clockText(venueMs)} ${symbol} book    ${bidAmount} at ${bid} | ${askAmount} at ${ask}  ${bids.length} + ${asks.length} levels`;
}

const candleText = ({ venueMs, symbol, timeframe, openMs, open, high, low, close, volume, closed }: Candle): string =>
  `${clockText(venueMs)} ${symbol} candle  ${timeframe} of ${clockText(openMs).slice(0, 5)}  ` +
  `o ${open}  h ${high}  l ${low}  c ${close}  v ${volume}${closed ? '  closed' : ''}`;

function noticeText(notice: FeedNotice): string {
  const start = `${clockText(notice.receivedMs)} -- ${notice.kind} ${notice.stream}`;
  if (notice.kind === 'gap') {
    return `${start}: ${notice.missing} missing, ${notice.backfilled ? 'given back by REST' : 'not to be had'}`;
  }
  if (notice.kind === 'dropped') return `${start}: ${notice.count} events, this reader is too slow`;
  return 'reason' in notice ? `${start}: ${notice.reason}` : start;
}

import type { FeedStream, PublicTrade } from '../../../core/ports/market-feed.ts';
import type { FeedRest, Newest } from '../venue.ts';
import type { KrakenRequests } from './requests.ts';

/** Trades that one gap is filled with are at most this many pages of 1,000. */
const mostPages = 10;

/** Public REST, for gaps and the judgement of silence. */
export const createKrakenRest = (requests: KrakenRequests): FeedRest => ({
  tradesAfter: (after, beforeId, signal) => tradesAfter(requests, { after, beforeId, signal }),
  candlesFrom: requests.candles,
  newest: (stream, signal) => newest(requests, stream, signal),
});

type Gap = Readonly<{ after: PublicTrade; beforeId: number | undefined; signal: AbortSignal }>;

/** Kraken asks by time: from a millisecond before the last trade on, and the ids say which are new. */
async function tradesAfter(
  { trades }: KrakenRequests,
  { after, beforeId, signal }: Gap,
): Promise<readonly PublicTrade[]> {
  const found: PublicTrade[] = [];
  let since = `${after.venueMs - 1}000000`;
  let lastId = Number(after.tradeId);
  for (let page = 0; page < mostPages; page++) {
    const { trades: rows, last } = await trades(after.symbol, since, signal);
    for (const trade of rows) {
      const id = Number(trade.tradeId);
      if (id <= lastId || (beforeId !== undefined && id >= beforeId)) continue;
      found.push(trade);
      lastId = id;
    }
    const done = beforeId !== undefined && lastId === beforeId - 1;
    if (done || rows.length < 1_000 || last === since) break;
    since = last;
  }
  return found;
}

async function newest(requests: KrakenRequests, stream: FeedStream, signal: AbortSignal): Promise<Newest> {
  if (stream.channel === 'own') return { mark: '', isNewerThan: () => false };
  if (stream.channel === 'ticker') {
    const { bid, ask } = await requests.ticker(stream.symbol, signal);
    return {
      mark: `${bid} ${ask}`,
      isNewerThan: (seen) => seen.type === 'ticker' && (seen.ticker.bid !== bid || seen.ticker.ask !== ask),
    };
  }
  if (stream.channel === 'book') {
    const { bid, ask } = await requests.best(stream.symbol, signal);
    const mark = `${bid.join(' ')} ${ask.join(' ')}`;
    return {
      mark,
      isNewerThan: (seen) =>
        seen.type === 'book' && `${seen.book.bids[0]?.join(' ')} ${seen.book.asks[0]?.join(' ')}` !== mark,
    };
  }
  if (stream.channel === 'candles') {
    const last = (await requests.candles(stream, undefined, signal)).at(-1);
    return {
      mark: `${last?.openMs} ${last?.volume}`,
      isNewerThan: (seen) =>
        seen.type === 'candle' &&
        last !== undefined &&
        (last.openMs > seen.candle.openMs || last.volume !== seen.candle.volume),
    };
  }
  const last = Number((await requests.trades(stream.symbol, undefined, signal)).trades.at(-1)?.tradeId ?? 0);
  return { mark: String(last), isNewerThan: (seen) => seen.type === 'trade' && last > Number(seen.trade.tradeId) };
}

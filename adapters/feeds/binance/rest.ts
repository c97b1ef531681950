import type { Candle, FeedStream, PublicTrade } from '../../../core/ports/market-feed.ts';
import type { JsonClient } from '../rest.ts';
import type { CandleSeries, FeedRest, Newest } from '../venue.ts';
import { snapshotLevels, type DepthSnapshot } from './book.ts';
import { intervalMs, tradeOf } from './market-session.ts';
import { aggTradeRows, bestPrices, depthSnapshot, klineRows } from './messages.ts';
import { binanceId, binanceInterval, type BinanceSide } from './side.ts';

const rowsAPage = 1_000;

/** Trades that one gap is filled with are at most this many pages. */
const mostPages = 10;

export type BinanceRest = FeedRest & Readonly<{ snapshot(id: string, signal: AbortSignal): Promise<DepthSnapshot> }>;

type Query = Readonly<Record<string, string | number>>;

/** The requests that a feed makes, each with its weight. */
type Requests = Readonly<{
  trades(query: Query, signal: AbortSignal): Promise<ReturnType<typeof aggTradeRows.parse>>;
  klines(series: CandleSeries, query: Query, signal: AbortSignal): Promise<ReturnType<typeof klineRows.parse>>;
  depth(symbol: string, limit: number, signal: AbortSignal): Promise<DepthSnapshot>;
  best(symbol: string, signal: AbortSignal): Promise<Readonly<{ bid: number; ask: number }>>;
}>;

function createRequests(side: BinanceSide, ask: JsonClient): Requests {
  const get = (path: string, query: Query, weight: number) => ({ path: `${side.api}/${path}`, query, weight });
  return {
    trades: async (query, signal) => aggTradeRows.parse(await ask(get('aggTrades', query, 4), signal)),
    klines: async ({ symbol, timeframe }, query, signal) => {
      const named = { symbol: binanceId(side, symbol), interval: binanceInterval(timeframe) };
      return klineRows.parse(await ask(get('klines', { ...named, ...query }, side.kind === 'spot' ? 2 : 5), signal));
    },
    depth: async (symbol, limit, signal) => {
      const weight = limit > 100 ? side.depthWeight : 5;
      return depthSnapshot.parse(await ask(get('depth', { symbol, limit }, weight), signal));
    },
    best: async (symbol, signal) => {
      const { bidPrice, askPrice } = bestPrices.parse(await ask(get('ticker/bookTicker', { symbol }, 2), signal));
      return { bid: Number(bidPrice), ask: Number(askPrice) };
    },
  };
}

/** Public REST of one API, for snapshots, gaps and the judgement of silence. */
export function createBinanceRest(side: BinanceSide, ask: JsonClient, nowMs: () => number): BinanceRest {
  const requests = createRequests(side, ask);
  return {
    snapshot: (id, signal) => requests.depth(id, snapshotLevels, signal),
    tradesAfter: async (after, beforeId, signal) => {
      const found: PublicTrade[] = [];
      const symbol = binanceId(side, after.symbol);
      let fromId = Number(after.tradeId) + 1;
      for (let page = 0; page < mostPages; page++) {
        const limit = Math.min(rowsAPage, beforeId === undefined ? rowsAPage : beforeId - fromId);
        if (limit <= 0) break;
        const rows = await requests.trades({ symbol, fromId, limit }, signal);
        const receivedMs = nowMs();
        for (const row of rows) {
          if (beforeId === undefined || row.a < beforeId)
            found.push(tradeOf(row, { symbol: after.symbol, receivedMs }));
        }
        if (rows.length < limit) break;
        fromId = rows[rows.length - 1].a + 1;
      }
      return found;
    },
    candlesFrom: async (series, fromMs, signal) => {
      const rows = await requests.klines(series, { startTime: fromMs, limit: rowsAPage }, signal);
      const receivedMs = nowMs();
      return rows.map(([openMs, open, high, low, close, volume], index): Candle => {
        const closed = index < rows.length - 1; // a later one proves it
        const venueMs = openMs + (closed ? intervalMs(series.timeframe) : 0);
        const prices = { open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
        return { ...series, openMs, ...prices, volume: Number(volume), closed, venueMs, receivedMs };
      });
    },
    newest: (stream, signal) => newest(side, requests, { stream, signal }),
  };
}

type Asked = Readonly<{ stream: FeedStream; signal: AbortSignal }>;

async function newest(side: BinanceSide, requests: Requests, { stream, signal }: Asked): Promise<Newest> {
  if (stream.channel === 'own') return { mark: '', isNewerThan: () => false };
  const symbol = binanceId(side, stream.symbol);
  if (stream.channel === 'ticker') {
    const { bid, ask } = await requests.best(symbol, signal);
    return {
      mark: `${bid} ${ask}`,
      isNewerThan: (seen) => seen.type === 'ticker' && (seen.ticker.bid !== bid || seen.ticker.ask !== ask),
    };
  }
  if (stream.channel === 'book') {
    const { lastUpdateId } = await requests.depth(symbol, 5, signal);
    return {
      mark: String(lastUpdateId),
      isNewerThan: (seen) => seen.type === 'book' && lastUpdateId > seen.book.sequence,
    };
  }
  if (stream.channel === 'candles') {
    const [openMs = 0, , , , close = '', volume = ''] =
      (await requests.klines(stream, { limit: 1 }, signal)).at(-1) ?? [];
    return {
      mark: `${openMs} ${close} ${volume}`,
      isNewerThan: (seen) =>
        seen.type === 'candle' && (openMs > seen.candle.openMs || Number(volume) !== seen.candle.volume),
    };
  }
  const last = (await requests.trades({ symbol, limit: 1 }, signal)).at(-1)?.a ?? 0;
  return { mark: String(last), isNewerThan: (seen) => seen.type === 'trade' && last > Number(seen.trade.tradeId) };
}

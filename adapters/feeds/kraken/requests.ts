import type { z } from 'zod';
import { DeskError } from '../../../core/errors.ts';
import { VenueError } from '../../../core/ports/exchange.ts';
import type { Candle, PublicTrade } from '../../../core/ports/market-feed.ts';
import { krakenErrors } from '../../exchange/errors/kraken.ts';
import type { JsonClient } from '../rest.ts';
import type { CandleSeries } from '../venue.ts';
import { assetPairs, depthAnswer, ohlcAnswer, tickerAnswer, tradesAnswer } from './messages.ts';
import { krakenInterval, unifiedName, type KrakenPair } from './pairs.ts';

type Level = readonly [price: number, amount: number];

/** Kraken's public REST in the port's words. */
export type KrakenRequests = Readonly<{
  /** By unified symbol; asked once and kept. */
  pairs(signal: AbortSignal): Promise<ReadonlyMap<string, KrakenPair>>;
  /** The newest 1,000 trades, or those after `since` (ns); `last` goes on after them. */
  trades(symbol: string, since: string | undefined, signal: AbortSignal): Promise<TradePage>;
  /** The newest 720 candles, or those of them that opened at or after `sinceMs`; the last one is open. */
  candles(series: CandleSeries, sinceMs: number | undefined, signal: AbortSignal): Promise<readonly Candle[]>;
  best(symbol: string, signal: AbortSignal): Promise<Readonly<{ bid: Level; ask: Level }>>;
  ticker(symbol: string, signal: AbortSignal): Promise<Readonly<{ bid: number; ask: number }>>;
}>;

type TradePage = Readonly<{ trades: readonly PublicTrade[]; last: string }>;

/** The result of an answer, or the DeskError that its `error` means. */
export function krakenResult<Result>(
  answer: Readonly<{ error: readonly string[]; result?: Result | undefined }>,
  path: string,
): Result {
  const [first] = answer.error;
  if (first === undefined && answer.result !== undefined) return answer.result;
  const found = first ?? 'no result';
  const { read: kind, retryAfterMs } = krakenErrors.meaning({ code: found, text: found }) ?? {};
  if (kind === 'rateLimited') {
    const cause = new VenueError({
      kind,
      code: found,
      message: found,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    throw new DeskError('RateLimited', 'Kraken takes no more requests now', { path, found, cause });
  }
  const code = found.startsWith('EService') ? 'NotReachable' : 'BadInput';
  throw new DeskError(code, 'Kraken refuses the request', { path, found });
}

export function createKrakenRequests(client: JsonClient, nowMs: () => number): KrakenRequests {
  let known: ReadonlyMap<string, KrakenPair> | undefined;
  const pairs = async (signal: AbortSignal) => {
    known ??= pairTable(await get(client, assetPairs, { method: 'AssetPairs', query: {}, signal }));
    return known;
  };
  const ask = async <Schema extends AnswerSchema>(schema: Schema, { symbol, method, query = {}, signal }: PairCall) => {
    const pair = (await pairs(signal)).get(symbol)?.altname;
    if (pair === undefined)
      throw new DeskError('BadInput', 'Kraken has no such pair', { path: 'symbol', found: symbol });
    return get(client, schema, { method, query: { pair, ...query }, signal });
  };
  return {
    pairs,
    trades: async (symbol, since, signal) => {
      const query = since === undefined ? {} : { since };
      const result = await ask(tradesAnswer, { symbol, method: 'Trades', query, signal });
      const rows = Object.values(result).find((value) => Array.isArray(value)) ?? [];
      const receivedMs = nowMs();
      return { trades: rows.map((row) => tradeOf(row, symbol, receivedMs)), last: String(result.last ?? '') };
    },
    candles: async (series, sinceMs, signal) => {
      const interval = krakenInterval(series.timeframe);
      const query = { interval, ...(sinceMs !== undefined && { since: Math.floor(sinceMs / 1000) - 1 }) };
      const result = await ask(ohlcAnswer, { symbol: series.symbol, method: 'OHLC', query, signal });
      const rows = Object.values(result).find((value) => Array.isArray(value)) ?? [];
      const receivedMs = nowMs();
      return rows.map((row, index): Candle => {
        const openMs = row[0] * 1000;
        const closed = index < rows.length - 1;
        const venueMs = openMs + (closed ? interval * 60_000 : 0);
        return { ...series, ...pricesOf(row), openMs, closed, venueMs, receivedMs };
      });
    },
    best: async (symbol, signal) => {
      const [rows] = Object.values(await ask(depthAnswer, { symbol, method: 'Depth', query: { count: 1 }, signal }));
      return { bid: levelOf(rows?.bids[0]), ask: levelOf(rows?.asks[0]) };
    },
    ticker: async (symbol, signal) => {
      const [row] = Object.values(await ask(tickerAnswer, { symbol, method: 'Ticker', signal }));
      return { bid: Number(row?.b[0]), ask: Number(row?.a[0]) };
    },
  };
}

type Query = Readonly<Record<string, string | number>>;
type AnswerSchema = z.ZodType<{ error: string[]; result?: unknown }>;
type Call = Readonly<{ method: string; query: Query; signal: AbortSignal }>;
type PairCall = Readonly<{ symbol: string; method: string; query?: Query; signal: AbortSignal }>;

async function get<Schema extends AnswerSchema>(
  client: JsonClient,
  schema: Schema,
  { method, query, signal }: Call,
): Promise<NonNullable<z.output<Schema>['result']>> {
  const path = `/0/public/${method}`;
  return krakenResult(schema.parse(await client({ path, query }, signal)) as never, path);
}

const levelOf = (row: readonly unknown[] | undefined): Level => [Number(row?.[0]), Number(row?.[1])];

type PairRows = NonNullable<z.output<typeof assetPairs>['result']>;

/** Pairs without `wsname` have no stream, and are left out. */
const pairTable = (rows: PairRows): ReadonlyMap<string, KrakenPair> =>
  new Map(
    Object.values(rows).flatMap(({ altname, wsname, pair_decimals: priceDecimals, lot_decimals: quantityDecimals }) =>
      wsname === undefined ? [] : [[unifiedName(wsname), { altname, priceDecimals, quantityDecimals }] as const],
    ),
  );

type TradeRow = readonly [string, string, number, 'b' | 's', string, string, number, ...unknown[]];

function tradeOf([price, amount, seconds, side, , , id]: TradeRow, symbol: string, receivedMs: number): PublicTrade {
  const venueMs = Math.floor(seconds * 1000 + 0.0005); // a double of seconds is a hair below its millisecond
  const takerSide = side === 'b' ? 'buy' : 'sell';
  return { symbol, tradeId: String(id), price: Number(price), amount: Number(amount), takerSide, venueMs, receivedMs };
}

type OhlcRow = readonly [number, string, string, string, string, string, string, number, ...unknown[]];

const pricesOf = ([, open, high, low, close, , volume]: OhlcRow) => ({
  open: Number(open),
  high: Number(high),
  low: Number(low),
  close: Number(close),
  volume: Number(volume),
});

import { z } from 'zod';

/**
 * Every message of Binance's sockets and public REST that we speak, spot and USD-M alike; fields that we do not read
 * are left out, and new ones that Binance may add are let through. Source: binance-spot-api-docs (web-socket-streams,
 * user-data-stream) and developers.binance.com (derivatives, usds-margined-futures).
 */

const decimalText = z.string().regex(/^-?\d+(?:\.\d+)?$/);
const id = z.number().int();
const timeMs = z.number().int().nonnegative();
const symbol = z.string().min(1);
const level = z.tuple([decimalText, decimalText]);
const side = z.enum(['BUY', 'SELL']);

/** `pu` (USD-M): the `u` before. */
const depthUpdate = z.object({
  e: z.literal('depthUpdate'),
  E: timeMs,
  s: symbol,
  U: id,
  u: id,
  pu: id.optional(),
  b: z.array(level),
  a: z.array(level),
});

/** Spot writes no `e` and no times. */
const bookTicker = z.object({
  e: z.literal('bookTicker').optional(),
  E: timeMs.optional(),
  u: id,
  s: symbol,
  b: decimalText,
  B: decimalText,
  a: decimalText,
  A: decimalText,
});

const aggTrade = z.object({
  e: z.literal('aggTrade'),
  E: timeMs,
  s: symbol,
  a: id,
  p: decimalText,
  q: decimalText,
  T: timeMs,
  m: z.boolean(),
});

const trade = z.object({
  e: z.literal('trade'),
  E: timeMs,
  s: symbol,
  t: id,
  p: decimalText,
  q: decimalText,
  T: timeMs,
  m: z.boolean(),
});

const kline = z.object({
  e: z.literal('kline'),
  E: timeMs,
  s: symbol,
  k: z.object({
    t: timeMs,
    T: timeMs,
    i: z.string(),
    o: decimalText,
    c: decimalText,
    h: decimalText,
    l: decimalText,
    v: decimalText,
    x: z.boolean(),
  }),
});

const miniTicker = z.object({ e: z.literal('24hrMiniTicker'), E: timeMs, s: symbol, c: decimalText });

const dayTicker = z.object({ e: z.literal('24hrTicker'), E: timeMs, s: symbol, c: decimalText });

const markPrice = z.object({
  e: z.literal('markPriceUpdate'),
  E: timeMs,
  s: symbol,
  p: decimalText,
  i: decimalText,
  r: z.string(),
  T: timeMs,
});

const executionReport = z.object({
  e: z.literal('executionReport'),
  E: timeMs,
  s: symbol,
  c: z.string(),
  S: side,
  o: z.string(),
  f: z.string(),
  q: decimalText,
  p: decimalText,
  P: decimalText,
  C: z.string(),
  x: z.string(),
  X: z.string(),
  i: id,
  l: decimalText,
  z: decimalText,
  L: decimalText,
  n: decimalText.nullish(),
  N: z.string().nullish(),
  T: timeMs,
  t: id,
  m: z.boolean(),
  Y: decimalText.optional(),
});

const accountPosition = z.object({
  e: z.literal('outboundAccountPosition'),
  E: timeMs,
  u: timeMs,
  B: z.array(z.object({ a: z.string(), f: decimalText, l: decimalText })),
});

const balanceUpdate = z.object({ e: z.literal('balanceUpdate'), E: timeMs, a: z.string(), d: decimalText, T: timeMs });

const listStatus = z.object({ e: z.literal('listStatus'), E: timeMs, s: symbol });

const orderTradeUpdate = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  E: timeMs,
  T: timeMs,
  o: z.object({
    s: symbol,
    c: z.string(),
    S: side,
    o: z.string(),
    f: z.string(),
    q: decimalText,
    p: decimalText,
    sp: decimalText,
    x: z.string(),
    X: z.string(),
    i: id,
    l: decimalText,
    z: decimalText,
    L: decimalText,
    n: decimalText.optional(),
    N: z.string().nullish(),
    T: timeMs,
    t: id,
    m: z.boolean(),
    R: z.boolean(),
    ot: z.string(),
    rp: decimalText,
  }),
});

const accountUpdate = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  E: timeMs,
  T: timeMs,
  a: z.object({ m: z.string(), B: z.array(z.object({ a: z.string(), wb: decimalText })) }),
});

const algoUpdate = z.object({
  e: z.literal('ALGO_UPDATE'),
  E: timeMs,
  T: timeMs,
  o: z.object({
    caid: z.string(),
    aid: id,
    o: z.string(),
    s: symbol,
    S: side,
    q: decimalText,
    X: z.string(),
    aq: decimalText.or(z.literal('')),
    tp: decimalText,
    p: decimalText,
    R: z.boolean(),
  }),
});

const tradeLite = z.object({ e: z.literal('TRADE_LITE'), E: timeMs, s: symbol });

const ended = z.object({ e: z.enum(['serverShutdown', 'listenKeyExpired', 'eventStreamTerminated']), E: timeMs });

/** Events by their `e`. */
const events = {
  depthUpdate,
  bookTicker,
  aggTrade,
  trade,
  kline,
  '24hrMiniTicker': miniTicker,
  '24hrTicker': dayTicker,
  markPriceUpdate: markPrice,
  executionReport,
  outboundAccountPosition: accountPosition,
  balanceUpdate,
  listStatus,
  ORDER_TRADE_UPDATE: orderTradeUpdate,
  ACCOUNT_UPDATE: accountUpdate,
  ALGO_UPDATE: algoUpdate,
  TRADE_LITE: tradeLite,
  serverShutdown: ended,
  listenKeyExpired: ended,
  eventStreamTerminated: ended,
} as const;

type Events = typeof events;
export type BinanceEvent = z.output<Events[keyof Events]>;
export type DepthUpdate = z.output<typeof depthUpdate>;
export type BookTicker = z.output<typeof bookTicker>;
export type AggTrade = z.output<typeof aggTrade>;
export type Kline = z.output<typeof kline>;
export type ExecutionReport = z.output<typeof executionReport>;
export type OrderTradeUpdate = z.output<typeof orderTradeUpdate>;
export type AlgoUpdate = z.output<typeof algoUpdate>;

/** Answers of the market sockets ({result, id}) and of the WebSocket API ({id, status, …}). */
const answer = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  status: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), msg: z.string() }).optional(),
});

export type BinanceFrame =
  | Readonly<{ kind: 'event'; event: BinanceEvent }>
  | Readonly<{ kind: 'answer'; answer: z.output<typeof answer> }>
  | Readonly<{ kind: 'unknown'; name: string }>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEventName = (name: string): name is keyof Events => Object.hasOwn(events, name);

/**
 * One frame, as event, answer, or something that Binance added and we do not read.
 *
 * @throws SyntaxError or ZodError for a frame that is damaged or not what its kind has to be
 */
export function parseBinanceFrame(text: string): BinanceFrame {
  const outer: unknown = JSON.parse(text);
  if (!isObject(outer)) return { kind: 'unknown', name: 'no object' };
  const frame = isObject(outer.data) ? outer.data : isObject(outer.event) ? outer.event : outer;
  const name = typeof frame.e === 'string' ? frame.e : frame.u !== undefined && 'B' in frame ? 'bookTicker' : undefined;
  if (name !== undefined) {
    if (!isEventName(name)) return { kind: 'unknown', name };
    return { kind: 'event', event: events[name].parse(frame) };
  }
  if ('result' in frame || 'error' in frame || 'status' in frame)
    return { kind: 'answer', answer: answer.parse(frame) };
  return { kind: 'unknown', name: Object.keys(frame).slice(0, 5).join(' ') };
}

/** GET depth. */
export const depthSnapshot = z.object({ lastUpdateId: id, bids: z.array(level), asks: z.array(level) });

/** GET aggTrades. */
export const aggTradeRows = z.array(z.object({ a: id, p: decimalText, q: decimalText, T: timeMs, m: z.boolean() }));

/** GET klines: open time, open, high, low, close, volume, close time, and six more. */
export const klineRows = z.array(
  z.tuple([timeMs, decimalText, decimalText, decimalText, decimalText, decimalText, timeMs]).rest(z.unknown()),
);

/** GET ticker/bookTicker. */
export const bestPrices = z.object({
  bidPrice: decimalText,
  bidQty: decimalText,
  askPrice: decimalText,
  askQty: decimalText,
});

/** GET exchangeInfo, as far as it says whose symbol is whose. */
export const exchangeInfo = z.object({
  symbols: z.array(
    z.object({
      symbol,
      baseAsset: z.string(),
      quoteAsset: z.string(),
      marginAsset: z.string().optional(),
      contractType: z.string().optional(),
      status: z.string().optional(),
    }),
  ),
});

/** GET time. */
export const serverTime = z.object({ serverTime: timeMs });

/** POST and PUT listenKey. */
export const listenKeyAnswer = z.object({ listenKey: z.string().min(1) });

import { z } from 'zod';

/**
 * Every message of Kraken's WebSocket v2 and public REST that we speak. Source: docs.kraken.com/api (spot, WebSocket v2).
 * Fields that we do not read are left out, and new ones that Kraken may add are let through.
 */

const price = z.number();
const symbol = z.string().min(1);
const time = z.iso.datetime({ offset: true });
const level = z.object({ price, qty: z.number().nonnegative() });

const book = z.object({
  channel: z.literal('book'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(
    z.object({
      symbol,
      bids: z.array(level),
      asks: z.array(level),
      checksum: z.number().int().nonnegative(),
      timestamp: time.optional(),
    }),
  ),
});

const ticker = z.object({
  channel: z.literal('ticker'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(z.object({ symbol, bid: price, ask: price, last: price, timestamp: time.optional() })),
});

const trade = z.object({
  channel: z.literal('trade'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(
    z.object({
      symbol,
      side: z.enum(['buy', 'sell']),
      price,
      qty: z.number(),
      trade_id: z.number().int(),
      timestamp: time,
    }),
  ),
});

const ohlc = z.object({
  channel: z.literal('ohlc'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(
    z.object({
      symbol,
      interval: z.number().int(),
      interval_begin: time,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: z.number(),
    }),
  ),
});

const status = z.object({
  channel: z.literal('status'),
  data: z.array(z.object({ system: z.string(), api_version: z.string().optional() })),
});

const heartbeat = z.object({ channel: z.literal('heartbeat') });

const instrument = z.object({
  channel: z.literal('instrument'),
  type: z.enum(['snapshot', 'update']),
  data: z.object({
    pairs: z.array(z.object({ symbol, price_precision: z.number().int(), qty_precision: z.number().int() })),
  }),
});

/** A decimal number as it stood in the frame: private rows are read with their digits kept. */
const digits = z.string().regex(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/);

/** One message is about one order; which fields it carries depends on `exec_type`. */
const execution = z.object({
  order_id: z.string().min(1),
  cl_ord_id: z.string().optional(),
  symbol: symbol.optional(),
  side: z.enum(['buy', 'sell']).optional(),
  order_type: z.string().optional(),
  order_qty: digits.optional(),
  limit_price: digits.optional(),
  cum_qty: digits.optional(),
  order_status: z.string(),
  exec_type: z.string(),
  exec_id: z.string().optional(),
  trade_id: digits.optional(),
  last_qty: digits.optional(),
  last_price: digits.optional(),
  cost: digits.optional(),
  liquidity_ind: z.enum(['m', 't']).optional(),
  fees: z.array(z.object({ asset: z.string(), qty: digits })).optional(),
  triggers: z.object({ price: digits.optional() }).optional(),
  reduce_only: z.boolean().optional(),
  timestamp: time,
});

const executions = z.object({
  channel: z.literal('executions'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(execution),
  sequence: digits,
});

const balances = z.object({
  channel: z.literal('balances'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(z.object({ asset: z.string(), balance: digits, timestamp: time.optional() })),
  sequence: digits,
});

const answer = z.object({
  method: z.string(),
  req_id: z.number().or(digits).optional(),
  success: z.boolean().optional(),
  error: z.string().optional(),
  result: z.unknown().optional(),
});

const channels = { book, ticker, trade, ohlc, status, heartbeat, instrument } as const;
const ownChannels = { executions, balances } as const;

type Channels = typeof channels & typeof ownChannels;
export type KrakenMessage = z.output<Channels[keyof Channels]>;
export type BookData = z.output<typeof book>['data'][number];
export type TickerData = z.output<typeof ticker>['data'][number];
export type TradeData = z.output<typeof trade>['data'][number];
export type OhlcData = z.output<typeof ohlc>['data'][number];
export type ExecutionRow = z.output<typeof execution>;

export type KrakenFrame =
  | Readonly<{ kind: 'message'; message: KrakenMessage }>
  | Readonly<{ kind: 'answer'; answer: z.output<typeof answer> }>
  | Readonly<{ kind: 'unknown'; name: string }>;

const hasOwn = <Table extends object>(table: Table, name: string): name is keyof Table & string =>
  Object.hasOwn(table, name);

/**
 * One frame, as message of a channel, answer to a request, or something that Kraken added and we do not read.
 *
 * @throws SyntaxError or ZodError for a frame that is damaged or not what its kind has to be
 */
export function parseKrakenFrame(text: string): KrakenFrame {
  const frame: unknown = JSON.parse(text);
  if (typeof frame !== 'object' || frame === null) return { kind: 'unknown', name: 'no object' };
  if ('method' in frame) return { kind: 'answer', answer: answer.parse(frame) };
  const name = 'channel' in frame && typeof frame.channel === 'string' ? frame.channel : '';
  if (hasOwn(channels, name)) return { kind: 'message', message: channels[name].parse(frame) };
  if (hasOwn(ownChannels, name)) return { kind: 'message', message: ownChannels[name].parse(exact(text)) };
  return { kind: 'unknown', name };
}

type Reviver = (key: string, value: unknown, context: Readonly<{ source?: string }>) => unknown;

/** JSON.parse with the source text of each number, which the library types do not know yet. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** JSON with its numbers as texts: money is never a double. */
const exact = (text: string): unknown =>
  parseWithSource(text, (_, value, { source }) => (typeof value === 'number' ? (source ?? String(value)) : value));

const envelope = <Result extends z.ZodType>(result: Result) =>
  z.object({ error: z.array(z.string()), result: result.optional() });

/** GET AssetPairs: `wsname` is absent for pairs that have no stream. */
export const assetPairs = envelope(
  z.record(
    z.string(),
    z.object({
      altname: z.string(),
      wsname: z.string().optional(),
      pair_decimals: z.number().int(),
      lot_decimals: z.number().int(),
    }),
  ),
);

const decimalText = z.string().regex(/^\d+(?:\.\d+)?$/);

const tradeRow = z
  .tuple([decimalText, decimalText, z.number(), z.enum(['b', 's']), z.string(), z.string(), z.number().int()])
  .rest(z.unknown());

/** GET Trades: price, volume, time in seconds, side, type, miscellaneous, id; and `last`, the cursor. */
export const tradesAnswer = envelope(z.record(z.string(), z.union([z.array(tradeRow), z.string(), z.number()])));

const ohlcRow = z
  .tuple([z.number(), decimalText, decimalText, decimalText, decimalText, decimalText, decimalText, z.number()])
  .rest(z.unknown());

/** GET OHLC: time in seconds, open, high, low, close, vwap, volume, count; the last row is still open. */
export const ohlcAnswer = envelope(z.record(z.string(), z.union([z.array(ohlcRow), z.number()])));

/** GET Depth. */
export const depthAnswer = envelope(
  z.record(
    z.string(),
    z.object({
      asks: z.array(z.tuple([decimalText, decimalText, z.number()])),
      bids: z.array(z.tuple([decimalText, decimalText, z.number()])),
    }),
  ),
);

/** GET Ticker. */
export const tickerAnswer = envelope(
  z.record(z.string(), z.object({ a: z.array(z.string()), b: z.array(z.string()), c: z.array(z.string()) })),
);

/** GET Time. */
export const timeAnswer = envelope(z.object({ unixtime: z.number() }));

/** POST GetWebSocketsToken. */
export const tokenAnswer = envelope(z.object({ token: z.string().min(1), expires: z.number() }));

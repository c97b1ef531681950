import { DeskError } from '../errors.ts';
import { flag, oneOf, type Reader, readObject, text, wholeNumber, wrong } from '../read-input.ts';
import { isDecimal } from './decimal.ts';
import type { OrderType, Side, TimeInForce } from './types.ts';

/** What `orderExecution` is asked for: one order, as a person or a planner says it. */
export type OrderRequest = Readonly<{
  /** Name of the account in config/api-keys.yaml. */
  account: string;
  /** CCXT unified. */
  symbol: string;
  side: Side;
  /** Left out: `limit` where there is a price, `stopMarket` where there is a stop price, else `market`. */
  type: OrderType;
  /** Of the base asset; rounded down to the market's steps. */
  amount: string;
  price?: string;
  stopPrice?: string;
  timeInForce: TimeInForce;
  reduceOnly: boolean;
  book: string;
  reason: string;
  /** Handed down by a parent: `orderSeed` of the top workflow. Left out: this workflow is the top. */
  seed?: string;
  leg: string;
  /** First number to use; a caller carries it over its continue-as-new and never lets it fall. */
  intentNumber: number;
  /** New intents after one that provably never arrived; left out: config/orders.yaml. A netted group's legs have 0. */
  replans?: number;
  /** A resting order is canceled after so long. */
  restMs?: number;
  /** `identity` of the asker's order store: a worker that keeps another one refuses. Left out: any worker's will do. */
  storeId?: string;
}>;

/** An amount or a price. */
export const decimal: Reader = (value, path) => {
  if (isDecimal(value) && !value.startsWith('-') && Number(value) > 0) return value;
  throw wrong(path, 'a decimal text above 0, as "0.015"', value);
};

/** Workflow ids, legs and books are parts of ids and rows: short, and printable. */
export const shortText: Reader = (value, path) => {
  const read = text(value, path) as string;
  if (read.length <= 200) return read;
  throw wrong(path, 'a text of at most 200 characters', `${read.slice(0, 60)}…`);
};

/**
 * Reads the JSON object that starts `orderExecution`, whoever wrote it. account, symbol, side and amount have to be
 * there; everything else has a default. Throws BadInput with the path of what is wrong.
 */
export function parseOrderRequest(input: unknown): OrderRequest {
  const read = readObject(input ?? {}, '', {
    account: shortText,
    symbol: shortText,
    side: oneOf(['buy', 'sell']),
    type: oneOf(['market', 'limit', 'stopMarket']),
    amount: decimal,
    price: decimal,
    stopPrice: decimal,
    timeInForce: oneOf(['GTC', 'IOC', 'FOK', 'PO']),
    reduceOnly: flag,
    book: shortText,
    reason: shortText,
    seed: text,
    leg: shortText,
    intentNumber: wholeNumber(0, Number.MAX_SAFE_INTEGER),
    replans: wholeNumber(0, 3),
    restMs: wholeNumber(1, 365 * 86_400_000),
    storeId: shortText,
  }) as Partial<OrderRequest>;
  for (const key of ['account', 'symbol', 'side', 'amount'] as const) {
    if (read[key] === undefined) throw new DeskError('BadInput', 'missing', { path: key, expected: expectedOf[key] });
  }
  const type = read.type ?? typeOf(read);
  // Each reader returned its key's type, or threw.
  const request = { ...defaults, ...read, type } as OrderRequest;
  needs(request, 'price', type === 'limit');
  needs(request, 'stopPrice', type === 'stopMarket');
  return request;
}

const expectedOf = {
  account: 'the name of an account in config/api-keys.yaml',
  symbol: 'a market, as "BTC/USDT"',
  side: 'buy or sell',
  amount: 'a decimal text above 0, as "0.015"',
} as const;

const defaults = {
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'manual',
  reason: 'by hand',
  leg: '1',
  intentNumber: 1,
} as const;

const typeOf = ({ price, stopPrice }: Partial<OrderRequest>): OrderType =>
  stopPrice !== undefined ? 'stopMarket' : price !== undefined ? 'limit' : 'market';

function needs(request: OrderRequest, key: 'price' | 'stopPrice', needed: boolean): void {
  if (needed === (request[key] !== undefined)) return;
  const expected = needed ? `a ${key}: the order is ${request.type}` : `no ${key}: the order is ${request.type}`;
  throw new DeskError('BadInput', 'wrong input', { path: key, expected, found: request[key] ?? 'nothing' });
}

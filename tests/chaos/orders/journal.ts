import { decimal } from '../../../core/venue/decimal.ts';
import type { Stage } from './stage.ts';
import type { ChaosVenue } from './venues.ts';

/** What the exchange wrote down of one account at one venue: the only witness that the judge believes. */
export type Journal = Readonly<{
  orders: readonly JournalOrder[];
  fills: readonly JournalFill[];
  /** Every request that wanted an order, whatever came of it. */
  requests: readonly JournalRequest[];
  balances: Readonly<Record<string, bigint>>;
  /** Of perpetuals, by symbol; signed. */
  positions: Readonly<Record<string, bigint>>;
  /** Why the exchange itself cannot be believed; empty. */
  broken: readonly string[];
}>;

/** Amounts are integers of 10^-18. Times with `wire` are the clock that the venue judges signatures by. */
export type JournalOrder = Readonly<{
  venueOrderId: string;
  clientOrderId: string;
  symbol: string;
  side: 'buy' | 'sell';
  /** It waited, or waits, for its price. */
  isStop: boolean;
  reduceOnly: boolean;
  price: bigint;
  quantity: bigint;
  filled: bigint;
  status: 'open' | 'filled' | 'canceled' | 'expired';
  /** What ended it where it was not filled, as `requested` or `deadManSwitch`. */
  reason: string;
  signedWireMs: number | undefined;
  deadlineWireMs: number | undefined;
  acceptedWireMs: number;
  createdMs: number;
  updatedMs: number;
}>;

export type JournalFill = Readonly<{
  tradeId: string;
  venueOrderId: string;
  symbol: string;
  side: 'buy' | 'sell';
  price: bigint;
  quantity: bigint;
  quote: bigint;
  fee: bigint;
  feeAsset: string;
  timeMs: number;
}>;

export type JournalRequest = Readonly<{
  clientOrderId: string | undefined;
  receivedWireMs: number;
  signedWireMs: number | undefined;
  deadlineWireMs: number | undefined;
  refusal: string | undefined;
}>;

export const scale = 18;

export const exact = (text: string): bigint => decimal(text, scale);

type Row = Readonly<Record<string, unknown>>;

type TruthDocument = Readonly<{
  venues: Readonly<
    Record<
      string,
      Readonly<{
        brokenInvariants: readonly string[];
        accounts: Readonly<
          Record<
            string,
            Readonly<{
              balances: Readonly<Record<string, Readonly<{ total: string }>>>;
              positions: readonly Readonly<{ symbol: string; size: string }>[];
              orders: readonly Row[];
              fills: readonly Row[];
            }>
          >
        >;
      }>
    >
  >;
  orderRequests: readonly Row[];
  requestsDropped: number;
}>;

/** Asks the control API of a simulated exchange. */
export async function readJournal({ control, venue }: Pick<Stage, 'control' | 'venue'>): Promise<Journal> {
  const response = await fetch(`${control}/truth`);
  return journalOf((await response.json()) as TruthDocument, venue);
}

/** In the desk's names. */
function journalOf(truth: TruthDocument, { simulated: venue, account, markets, assets, tradeId }: ChaosVenue): Journal {
  const at = truth.venues[venue];
  const own = at?.accounts[account];
  if (at === undefined || own === undefined) throw new RangeError(`no account ${account} at ${venue}`);
  const symbols = new Map(markets.map(({ id, symbol }) => [id, symbol]));
  const symbolOf = (row: Row) => symbols.get(String(row.symbol)) ?? String(row.symbol);
  const assetOf = (asset: string) => assets[asset] ?? asset;
  return {
    orders: own.orders.map((row) => ({
      ...orderOf(row),
      symbol: symbolOf(row),
    })),
    fills: own.fills.map((row) => ({
      tradeId: tradeId(String(row.tradeId), row.side === 'buy' ? 'buy' : 'sell'),
      venueOrderId: String(row.orderId),
      symbol: symbolOf(row),
      side: row.side === 'buy' ? 'buy' : 'sell',
      price: exact(String(row.price)),
      quantity: exact(String(row.quantity)),
      quote: exact(String(row.quoteQuantity)),
      fee: exact(String(row.fee)),
      feeAsset: assetOf(String(row.feeAsset)),
      timeMs: Number(row.timeMs),
    })),
    requests: truth.orderRequests
      .filter((row) => row.venue === venue && row.account === account)
      .map((row) => ({
        clientOrderId: textOr(row.clientOrderId),
        receivedWireMs: Number(row.receivedMs),
        signedWireMs: numberOr(row.signedMs),
        deadlineWireMs: numberOr(row.deadlineMs),
        refusal: textOr(row.refusal),
      })),
    balances: Object.fromEntries(
      Object.entries(own.balances).map(([asset, { total }]) => [assetOf(asset), exact(total)]),
    ),
    positions: Object.fromEntries(own.positions.map((row) => [symbolOf(row), exact(row.size)])),
    broken: [...at.brokenInvariants, ...(truth.requestsDropped > 0 ? ['requests were dropped from the log'] : [])],
  };
}

function orderOf(row: Row): Omit<JournalOrder, 'symbol'> {
  return {
    venueOrderId: String(row.orderId),
    clientOrderId: String(row.clientOrderId),
    side: row.side === 'buy' ? 'buy' : 'sell',
    isStop: typeof row.stopPrice === 'string',
    reduceOnly: row.reduceOnly === true,
    price: exact(String(row.price)),
    quantity: exact(String(row.quantity)),
    filled: exact(String(row.filled)),
    status: row.status as JournalOrder['status'],
    reason: String(row.reason),
    signedWireMs: numberOr(row.signedMs),
    deadlineWireMs: numberOr(row.deadlineMs),
    acceptedWireMs: Number(row.acceptedMs),
    createdMs: Number(row.createdMs),
    updatedMs: Number(row.updatedMs),
  };
}

const numberOr = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const textOr = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

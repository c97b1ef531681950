/**
 * The words of the order path. Amounts, prices and money are decimal strings here, as at every boundary (payloads,
 * store, JSON); reducers turn them into integers of the asset's minimal unit (core/orders/amount.ts). Times are epoch
 * ms; which clock they are of stands at each: venue times come from the venue, never from the host.
 */

export type Side = 'buy' | 'sell';

/** `stopMarket` rests at the venue until the last price reaches `stopPrice`; on USD-M it is an algo order. */
export type OrderType = 'market' | 'limit' | 'stopMarket';

/** `PO` is post only: Binance spot LIMIT_MAKER, USD-M GTX, Kraken post. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PO';

/** One decision to trade, before anything of it is sent. Its id is a hash of what decided it (core/orders/order-id.ts). */
export type OrderIntent = Readonly<{
  /** 32 lower-case hex digits, unique for ever: never used for another intent. */
  clientOrderId: string;
  /** Name of the account in config/api-keys.yaml, as `binance-main`; names venue and key, never holds one. */
  account: string;
  /** CCXT unified, as `BTC/USDT` or `BTC/USDT:USDT`. */
  symbol: string;
  side: Side;
  type: OrderType;
  /** Of the base asset, greater than zero, already in the market's lot steps. */
  amount: string;
  /** Of `limit`. */
  price?: string;
  /** Of `stopMarket`. */
  stopPrice?: string;
  timeInForce: TimeInForce;
  /** Never increases a position; only where the venue has such a flag is it sent along, else our guard alone holds it. */
  reduceOnly: boolean;
  /**
   * What still rests is canceled so long after it was signed: by its workflow, or by reconciliation where none is alive.
   * Without it, it rests until it ends or is canceled. It is no part of what makes two intents the same.
   */
  restMs?: number;
  /** The virtual book that it belongs to: a strategy's id, `unassigned`, or the id of a netted group. */
  book: string;
  /** Why, for people: goes into the decision record and `why`. */
  reason: string;
  /** What the id was made of. */
  seed: string;
  leg: string;
  intentNumber: number;
}>;

/**
 * `denied`: by us, never sent. `rejected`: by the venue. `unknown`: sent, and what came of it is not known.
 * `notSent`: proven never accepted, after its deadline and the settle time.
 */
export const orderStates = [
  'initialized',
  'denied',
  'submitted',
  'accepted',
  'rejected',
  'partiallyFilled',
  'filled',
  'canceled',
  'expired',
  'unknown',
  'notSent',
] as const;

export type OrderState = (typeof orderStates)[number];

export const terminalStates: readonly OrderState[] = ['denied', 'rejected', 'filled', 'canceled', 'expired', 'notSent'];

/** What the winner of initialized -> submitted wrote, and everybody sends or waits by. Venue time. */
export type Submission = Readonly<{
  timestampMs: number;
  /** The venue refuses the order after it: timestamp + receive window (Binance), `deadline` (Kraken). */
  deadlineMs: number;
}>;

/** One trade of ours as the venue tells it. Its identity is (venue, symbol, tradeId). */
export type Fill = Readonly<{
  venue: string;
  symbol: string;
  tradeId: string;
  venueOrderId: string;
  /** Absent where the venue does not say it. */
  clientOrderId?: string;
  side: Side;
  amount: string;
  price: string;
  /** The venue's own figure of quote paid or got, never price x amount of ours. */
  quoteAmount: string;
  /** Negative for a rebate. */
  fee: string;
  feeAsset: string;
  liquidity: 'maker' | 'taker';
  /** Profit that the venue says a perpetual's fill realised. */
  realizedPnl?: string;
  venueMs: number;
}>;

/** The states that a venue can show. */
export type VenueOrderState = Extract<
  OrderState,
  'accepted' | 'rejected' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired'
>;

/** An order as the venue shows it: answer to a request, look-up, or event of its user stream. */
export type VenueOrder = Readonly<{
  venue: string;
  symbol: string;
  venueOrderId: string;
  /** Absent for orders of other programs and people. */
  clientOrderId?: string;
  side: Side;
  type: OrderType;
  state: VenueOrderState;
  amount: string;
  /** Sum of its fills, by the venue. */
  executed: string;
  price?: string;
  stopPrice?: string;
  reduceOnly: boolean;
  venueMs: number;
}>;

/** `REDUCING`: nothing that increases exposure. `HALTED`: nothing at all; only a person ends it. */
export type TradingMode = 'ACTIVE' | 'REDUCING' | 'HALTED';

export type Side = 'buy' | 'sell';

export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** What an account asks for. Integers as in market.ts. */
export type OrderRequest = Readonly<{
  account: string;
  market: string;
  side: Side;
  type: 'limit' | 'market';
  timeInForce?: TimeInForce;
  /** Absent for a market order. */
  price?: bigint;
  quantity?: bigint;
  /** A market order by amount of quote (10^-(priceDecimals + quantityDecimals)), instead of a quantity. */
  quoteQuantity?: bigint;
  postOnly?: boolean;
  reduceOnly?: boolean;
  clientId?: string;
  /** Waits until the last price has risen (or fallen) to `price`. */
  stop?: OrderStop;
  /** The gateway's own notes, carried through unread. */
  note?: OrderNote;
}>;

export type OrderStop = Readonly<{ price: bigint; rises: boolean }>;

/** What a protocol wants to find again on an order, as the venue's word for its type or a numeric user reference. */
export type OrderNote = Readonly<Record<string, string | number | boolean>>;

/** `expired` is the engine's doing (IOC rest, FOK, self-trade, reduce-only without position), `canceled` a person's. */
export type OrderStatus = 'open' | 'filled' | 'canceled' | 'expired';

/** One order that the engine accepted; `filled`, `cost`, `locked` and `status` move, the rest stays. */
export type VenueOrder = {
  readonly id: number;
  readonly account: string;
  readonly market: string;
  readonly clientId: string;
  readonly side: Side;
  readonly type: 'limit' | 'market';
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly quoteQuantity: bigint;
  readonly stop: OrderStop | undefined;
  readonly note: OrderNote;
  readonly createdMs: number;
  /** 0 for a market order. */
  price: bigint;
  quantity: bigint;
  filled: bigint;
  /** Sum of price x quantity of the fills. */
  cost: bigint;
  /** Amount of the asset that is set aside for the rest of it: quote when buying, base when selling, margin. */
  locked: bigint;
  /** False while a stop order waits. */
  active: boolean;
  status: OrderStatus;
  /** Why it ended without being filled, as `selfTrade` or `immediateRest`. */
  reason: string;
  updatedMs: number;
  fills: Fill[];
};

export type Fill = Readonly<{
  tradeId: number;
  orderId: number;
  account: string;
  market: string;
  side: Side;
  price: bigint;
  quantity: bigint;
  notional: bigint;
  maker: boolean;
  /** Amount of `feeAsset` in the ledger's decimals. */
  fee: bigint;
  feeAsset: string;
  /** Profit that a perpetual's fill realised, amount of the quote asset; 0 on spot. */
  realized: bigint;
  timeMs: number;
}>;

export const remaining = (order: VenueOrder): bigint => order.quantity - order.filled;

export const isOpen = (order: VenueOrder): boolean => order.status === 'open';

export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

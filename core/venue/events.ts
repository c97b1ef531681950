import type { Fill, Side, VenueOrder } from './order.ts';

/** What the engine tells whoever listens, in the order in which it happened. Orders are live objects: read at once. */
export type VenueEvent =
  | Readonly<{ type: 'trade'; trade: PublicTrade }>
  | Readonly<{ type: 'order'; kind: OrderEventKind; order: VenueOrder; fill?: Fill }>
  | Readonly<{ type: 'level'; market: string; side: Side; price: bigint; total: bigint; updateId: number }>
  /** The book stands still again after a command. */
  | Readonly<{ type: 'settled'; market: string }>
  | Readonly<{ type: 'balances'; account: string; assets: readonly string[]; reason: BalanceReason; market?: string }>;

export type OrderEventKind = 'new' | 'fill' | 'canceled' | 'expired' | 'amended' | 'triggered';

export type BalanceReason = 'order' | 'deposit' | 'funding';

export type PublicTrade = Readonly<{
  tradeId: number;
  market: string;
  price: bigint;
  quantity: bigint;
  takerSide: Side;
  buyerOrderId: number;
  sellerOrderId: number;
  timeMs: number;
}>;

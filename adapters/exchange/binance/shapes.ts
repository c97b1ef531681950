import { z } from 'zod';
import type { Fill, Side, VenueOrder, VenueOrderState } from '../../../core/orders/types.ts';
import { decimalText, idText } from '../read-answer.ts';

const states: Readonly<Record<string, VenueOrderState>> = {
  NEW: 'accepted',
  PENDING_NEW: 'accepted',
  PENDING_CANCEL: 'accepted',
  PARTIALLY_FILLED: 'partiallyFilled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
};

export const orderState = z.string().transform((status, context): VenueOrderState => {
  const state = Object.hasOwn(states, status) ? states[status] : undefined;
  if (state !== undefined) return state;
  context.addIssue(`a status of Binance, not ${status.slice(0, 40)}`);
  return z.NEVER;
});

export const orderSide = z.enum(['BUY', 'SELL']).transform((side): Side => (side === 'BUY' ? 'buy' : 'sell'));

const typeOf = (text: string): VenueOrder['type'] => {
  if (text === 'LIMIT' || text === 'LIMIT_MAKER') return 'limit';
  return text === 'MARKET' ? 'market' : 'stopMarket';
};

/** An order as spot and USD-M answer it, to a request or a query. */
export const orderShape = z.object({
  symbol: z.string(),
  orderId: idText,
  clientOrderId: z.string(),
  /** Of a cancel's answer: the order's own id, where `clientOrderId` is that of the cancel. */
  origClientOrderId: z.string().optional(),
  price: decimalText,
  origQty: decimalText,
  executedQty: decimalText,
  cummulativeQuoteQty: decimalText.optional(),
  status: orderState,
  type: z.string(),
  side: orderSide,
  stopPrice: decimalText.optional(),
  reduceOnly: z.boolean().optional(),
  transactTime: z.number().optional(),
  updateTime: z.number().optional(),
});

type OrderAnswer = z.output<typeof orderShape>;

export function venueOrder(answer: OrderAnswer, venue: string, symbol: string): VenueOrder {
  const { price, stopPrice = '0' } = answer;
  const clientOrderId = answer.origClientOrderId ?? answer.clientOrderId;
  return {
    venue,
    symbol,
    venueOrderId: answer.orderId,
    ...(clientOrderId !== '' && { clientOrderId }),
    side: answer.side,
    type: typeOf(answer.type),
    state: answer.status,
    amount: answer.origQty,
    executed: answer.executedQty,
    ...(price !== '0' && { price }),
    ...(stopPrice !== '0' && { stopPrice }),
    reduceOnly: answer.reduceOnly ?? false,
    venueMs: answer.updateTime ?? answer.transactTime ?? 0,
  };
}

/** A trade of `myTrades` (isBuyer, isMaker) or `userTrades` (buyer, maker, realizedPnl). */
export const tradeShape = z.object({
  id: idText,
  orderId: idText,
  price: decimalText,
  qty: decimalText,
  quoteQty: decimalText,
  commission: decimalText,
  commissionAsset: z.string(),
  time: z.number(),
  isBuyer: z.boolean().optional(),
  buyer: z.boolean().optional(),
  isMaker: z.boolean().optional(),
  maker: z.boolean().optional(),
  realizedPnl: decimalText.optional(),
});

export function venueFill(trade: z.output<typeof tradeShape>, venue: string, symbol: string): Fill {
  return {
    venue,
    symbol,
    tradeId: trade.id,
    venueOrderId: trade.orderId,
    side: (trade.isBuyer ?? trade.buyer) === true ? 'buy' : 'sell',
    amount: trade.qty,
    price: trade.price,
    quoteAmount: trade.quoteQty,
    fee: trade.commission,
    feeAsset: trade.commissionAsset,
    liquidity: (trade.isMaker ?? trade.maker) === true ? 'maker' : 'taker',
    ...(trade.realizedPnl !== undefined && { realizedPnl: trade.realizedPnl }),
    venueMs: trade.time,
  };
}

/** `fills` of a FULL answer to a spot order: without quote amount, time and liquidity. */
export const fullFills = z.object({
  fills: z
    .array(
      z.object({
        price: decimalText,
        qty: decimalText,
        commission: decimalText,
        commissionAsset: z.string(),
        tradeId: idText,
      }),
    )
    .optional(),
});

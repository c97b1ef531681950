import { z } from 'zod';
import type { Fill, VenueOrder, VenueOrderState } from '../../../core/orders/types.ts';
import { decimalText } from '../read-answer.ts';

/** Kraken tells times in seconds with fractions. */
export const milliseconds = z.number().transform((seconds) => Math.round(seconds * 1000));

/** A price, or the distance of a trailing stop from the market (`+1.5%`), which is none. */
const priceOrDistance = decimalText.catch('0');

export const orderInfo = z.object({
  cl_ord_id: z.string().nullish(),
  status: z.enum(['pending', 'open', 'closed', 'canceled', 'expired']),
  opentm: milliseconds,
  closetm: milliseconds.optional(),
  descr: z.object({
    pair: z.string(),
    type: z.enum(['buy', 'sell']),
    ordertype: z.string(),
    /** Of a stop: its trigger; `price2` is then the limit. */
    price: priceOrDistance,
    price2: priceOrDistance,
  }),
  /** Where a stop wakes, also one that trails. */
  stopprice: decimalText.optional(),
  vol: decimalText,
  vol_exec: decimalText,
  trades: z.array(z.string()).optional(),
});

export type OrderInfo = z.output<typeof orderInfo>;

export const orderInfos = z.record(z.string(), orderInfo);

function stateOf({ status, vol_exec: executed }: OrderInfo): VenueOrderState {
  if (status === 'canceled' || status === 'expired') return status;
  if (status === 'closed') return 'filled';
  return executed === '0' ? 'accepted' : 'partiallyFilled';
}

export function krakenOrder(venueOrderId: string, info: OrderInfo, symbol: string): VenueOrder {
  const { descr, cl_ord_id: clientOrderId } = info;
  const isStop = /^(?:stop|take|trailing)/.test(descr.ordertype);
  const limitOfStop = descr.ordertype.endsWith('-limit') ? descr.price2 : '0';
  const price = isStop ? limitOfStop : descr.price;
  const stopPrice = descr.price === '0' ? (info.stopprice ?? '0') : descr.price;
  return {
    venue: 'kraken',
    symbol,
    venueOrderId,
    ...(typeof clientOrderId === 'string' && clientOrderId !== '' && { clientOrderId }),
    side: descr.type,
    type: isStop ? 'stopMarket' : descr.ordertype === 'market' ? 'market' : 'limit',
    state: stateOf(info),
    amount: info.vol,
    executed: info.vol_exec,
    ...(price !== '0' && { price }),
    ...(isStop && { stopPrice }),
    // Spot has no such flag.
    reduceOnly: false,
    venueMs: info.closetm ?? info.opentm,
  };
}

export const tradeInfo = z.object({
  ordertxid: z.string(),
  pair: z.string(),
  time: milliseconds,
  type: z.enum(['buy', 'sell']),
  price: decimalText,
  cost: decimalText,
  fee: decimalText,
  vol: decimalText,
  maker: z.boolean().optional(),
});

export type TradeInfo = z.output<typeof tradeInfo>;

/** Fees are in the quote asset: orders are sent with the flag `fciq`. `tradeId` is the trade's txid, `exec_id` of streams. */
export function krakenFill(
  tradeId: string,
  trade: TradeInfo,
  { symbol, quote }: Readonly<{ symbol: string; quote: string }>,
): Fill {
  return {
    venue: 'kraken',
    symbol,
    tradeId,
    venueOrderId: trade.ordertxid,
    side: trade.type,
    amount: trade.vol,
    price: trade.price,
    quoteAmount: trade.cost,
    fee: trade.fee,
    feeAsset: quote,
    liquidity: trade.maker === true ? 'maker' : 'taker',
    venueMs: trade.time,
  };
}

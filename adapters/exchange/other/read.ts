import type { Market as CcxtMarket, Order as CcxtOrder, Trade as CcxtTrade } from 'ccxt';
import { unitDecimals, units, unitText } from '../../../core/orders/amount.ts';
import type { Fill, VenueOrder, VenueOrderState } from '../../../core/orders/types.ts';
import { VenueError } from '../../../core/ports/exchange.ts';
import { parseDecimal, pow10 } from '../../../core/venue/decimal.ts';
import type { NamedMarket } from '../market-table.ts';

/** A figure of ccxt, asked for as text (`number: String`), as the shortest text of its value. */
export function figure(value: unknown, fallback = '0'): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return typeof parseDecimal(text, unitDecimals) === 'bigint' ? unitText(units(text)) : fallback;
}

/** ccxt gives steps as a tick (mode 4) or as a count of decimals (mode 2). */
function step(value: unknown, precisionMode: number): string {
  if (precisionMode !== 2) return figure(value, unitText(1n));
  const decimals = Number(value);
  return Number.isInteger(decimals) && decimals >= 0 && decimals <= unitDecimals
    ? unitText(pow10(unitDecimals - decimals))
    : unitText(1n);
}

export const readOtherMarket =
  (precisionMode: number) =>
  (market: NonNullable<CcxtMarket>): NamedMarket | undefined => {
    const { id, symbol, base, quote, settle, precision, limits } = market;
    if (id === undefined || (market.type !== 'spot' && market.type !== 'swap')) return undefined;
    const most = figure(limits?.amount?.max, '');
    // `get`: the fee comes out of what is bought.
    const takesFeeOnTop = (market as Readonly<{ feeSide?: string }>).feeSide !== 'get';
    const takerFee = takesFeeOnTop ? figure(market.taker, '') : '';
    return {
      id,
      market: {
        symbol,
        base,
        quote,
        ...(typeof settle === 'string' && { settle }),
        priceTick: step(precision.price, precisionMode),
        amountStep: step(precision.amount, precisionMode),
        minAmount: figure(limits?.amount?.min, step(precision.amount, precisionMode)),
        ...(most !== '' && { maxAmount: most }),
        minNotional: figure(limits?.cost?.min),
        ...(takerFee !== '' && { takerFeeInQuote: takerFee }),
        active: market.active !== false,
      },
    };
  };

const states: Readonly<Record<string, VenueOrderState>> = {
  closed: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
};

/** An order in ccxt's unified form. One without an id is not known to be there: VenueError `unknown`. */
export function readOtherOrder(order: CcxtOrder, venue: string, symbol: string): VenueOrder {
  const { id, clientOrderId, status, side, type } = order;
  if (typeof id !== 'string' || id === '') {
    throw new VenueError({ kind: 'unknown', code: '', message: 'an order without an id' });
  }
  const executed = figure(order.filled);
  const amount = figure(order.amount);
  const price = figure(order.price, '');
  const stopPrice = figure(order.triggerPrice ?? order.stopPrice, '');
  const ended = states[status ?? ''];
  return {
    venue,
    symbol,
    venueOrderId: id,
    ...(typeof clientOrderId === 'string' && clientOrderId !== '' && { clientOrderId }),
    side: side === 'sell' ? 'sell' : 'buy',
    type: stopPrice !== '' && stopPrice !== '0' ? 'stopMarket' : type === 'market' ? 'market' : 'limit',
    state: ended ?? (executed === '0' ? 'accepted' : 'partiallyFilled'),
    amount,
    executed,
    ...(price !== '' && price !== '0' && { price }),
    ...(stopPrice !== '' && stopPrice !== '0' && { stopPrice }),
    reduceOnly: order.reduceOnly === true,
    venueMs: order.lastUpdateTimestamp ?? order.timestamp ?? 0,
  };
}

export function readOtherFill(trade: CcxtTrade, venue: string, symbol: string): Fill {
  const { id, order, fee, side, takerOrMaker, timestamp } = trade;
  if (typeof id !== 'string' || typeof order !== 'string') {
    throw new VenueError({ kind: 'unknown', code: '', message: 'a trade without its id or order' });
  }
  return {
    venue,
    symbol,
    tradeId: id,
    venueOrderId: order,
    side: side === 'sell' ? 'sell' : 'buy',
    amount: figure(trade.amount),
    price: figure(trade.price),
    quoteAmount: figure(trade.cost),
    fee: figure(fee?.cost),
    feeAsset: fee?.currency ?? '',
    liquidity: takerOrMaker === 'maker' ? 'maker' : 'taker',
    venueMs: timestamp ?? 0,
  };
}

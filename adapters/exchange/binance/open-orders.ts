import { z } from 'zod';
import type { VenueOrder } from '../../../core/orders/types.ts';
import type { Purpose } from '../ccxt/session.ts';
import { readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';
import { orderShape, venueOrder } from './shapes.ts';

/** Open orders, of one symbol or of all; those of markets that are not ours to trade keep the venue's name. */
export async function openBinanceOrders(
  { signed, markets, dialect }: BinanceApi,
  { symbol, purpose }: Readonly<{ symbol?: string | undefined; purpose: Purpose }>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> {
  const params = symbol === undefined ? {} : { symbol: (await markets.find(symbol, signal)).id };
  const answer = await signed({ method: 'GET', path: 'openOrders', params, purpose, signal });
  const orders = readAnswer(z.array(orderShape), answer, 'openOrders');
  return Promise.all(
    orders.map(async (order) =>
      venueOrder(order, dialect.venue, (await markets.symbolOf(order.symbol, signal)) ?? order.symbol),
    ),
  );
}

import { z } from 'zod';
import type { OrderIntent, Submission, VenueOrder, VenueOrderState } from '../../../core/orders/types.ts';
import type { OrderReference, SendOutcome } from '../../../core/ports/exchange.ts';
import type { Purpose } from '../ccxt/session.ts';
import { sending } from '../outcomes.ts';
import { decimalText, idText, readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';
import { isUnknownOrder, lookByName } from './look.ts';
import { ownOrder, postOrder } from './place.ts';
import { orderSide } from './shapes.ts';

/**
 * Stops of USD-M wait in a service of their own, with ids of their own: `venueOrderId` is `algo-<algoId>` until one
 * wakes; then it is a plain order with a plain id, which the algo order names.
 */
const prefix = 'algo-';

const algoIdOf = (venueOrderId: string | undefined) =>
  venueOrderId?.startsWith(prefix) === true ? venueOrderId.slice(prefix.length) : undefined;

export const mayBeAlgo = ({ venueOrderId }: OrderReference) =>
  venueOrderId === undefined || algoIdOf(venueOrderId) !== undefined;

const states: Readonly<Record<string, VenueOrderState>> = {
  NEW: 'accepted',
  TRIGGERING: 'accepted',
  TRIGGERED: 'accepted',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
  // Its plain order tells more; without one it ended unfilled.
  FINISHED: 'expired',
};

const algoShape = z.object({
  algoId: idText,
  clientAlgoId: z.string(),
  symbol: z.string(),
  side: orderSide,
  quantity: decimalText,
  algoStatus: z.enum(['NEW', 'TRIGGERING', 'TRIGGERED', 'FINISHED', 'CANCELED', 'EXPIRED', 'REJECTED']),
  actualOrderId: z.union([z.string(), z.number()]).transform(String).optional(),
  triggerPrice: decimalText,
  reduceOnly: z.boolean(),
  createTime: z.number(),
  updateTime: z.number(),
});

type AlgoOrder = z.output<typeof algoShape>;

const waitingOrder = (algo: AlgoOrder, venue: string, symbol: string): VenueOrder => ({
  venue,
  symbol,
  venueOrderId: `${prefix}${algo.algoId}`,
  ...(algo.clientAlgoId !== '' && { clientOrderId: algo.clientAlgoId }),
  side: algo.side,
  type: 'stopMarket',
  state: states[algo.algoStatus] ?? 'accepted',
  amount: algo.quantity,
  executed: '0',
  stopPrice: algo.triggerPrice,
  reduceOnly: algo.reduceOnly,
  venueMs: algo.updateTime,
});

/** POST algoOrder, with our id as `clientAlgoId`. */
export const placeAlgoOrder = (
  api: BinanceApi,
  intent: OrderIntent,
  submission: Submission,
  signal?: AbortSignal,
): Promise<SendOutcome> =>
  sending(async () => {
    const terms = {
      algoType: 'CONDITIONAL',
      type: 'STOP_MARKET',
      quantity: intent.amount,
      triggerPrice: intent.stopPrice ?? '',
      workingType: 'CONTRACT_PRICE',
      clientAlgoId: intent.clientOrderId,
      ...(intent.reduceOnly && { reduceOnly: 'true' }),
    };
    const answer = await postOrder(api, { path: 'algoOrder', terms }, intent, { submission, signal });
    const waiting = waitingOrder(readAnswer(algoShape, answer, 'algoOrder'), api.dialect.venue, intent.symbol);
    return { kind: 'accepted', order: ownOrder(waiting, intent), fills: [] };
  });

const algoNameOf = ({ clientOrderId, venueOrderId }: OrderReference): Readonly<Record<string, string>> => {
  const algoId = algoIdOf(venueOrderId);
  return algoId === undefined ? { clientAlgoId: clientOrderId } : { algoId };
};

async function askAlgoOrder({ signed }: BinanceApi, query: OrderReference, signal?: AbortSignal) {
  try {
    const params = algoNameOf(query);
    const answer = await signed({ method: 'GET', path: 'algoOrder', params, purpose: 'look', signal });
    return readAnswer(algoShape, answer, 'algoOrder');
  } catch (thrown) {
    if (isUnknownOrder(thrown)) return undefined;
    throw thrown;
  }
}

const wokenId = ({ actualOrderId = '' }: AlgoOrder) =>
  actualOrderId === '' || actualOrderId === '0' ? undefined : actualOrderId;

/** The stop while it waits, or the plain order that it woke into, under our id. */
export async function lookAmongAlgoOrders(
  api: BinanceApi,
  query: OrderReference,
  signal?: AbortSignal,
): Promise<VenueOrder | undefined> {
  const algo = await askAlgoOrder(api, query, signal);
  if (algo === undefined) return undefined;
  const waiting = waitingOrder(algo, api.dialect.venue, query.symbol);
  const venueOrderId = wokenId(algo);
  if (venueOrderId === undefined) return waiting;
  const woken = await lookByName(api, { ...query, venueOrderId }, signal);
  if (woken === undefined) return waiting;
  return {
    ...woken,
    ...(waiting.clientOrderId !== undefined && { clientOrderId: waiting.clientOrderId }),
    ...(waiting.stopPrice !== undefined && { stopPrice: waiting.stopPrice }),
    type: 'stopMarket',
  };
}

/** Cancels a waiting stop, or the plain order that it woke into. Throws VenueError `unknownOrder` where neither is open. */
export async function cancelAlgoOrder(api: BinanceApi, order: OrderReference, signal?: AbortSignal): Promise<void> {
  try {
    const params = algoNameOf(order);
    await api.signed({ method: 'DELETE', path: 'algoOrder', params, purpose: 'cancel', signal });
  } catch (thrown) {
    if (!isUnknownOrder(thrown)) throw thrown;
    const algo = await askAlgoOrder(api, order, signal);
    const orderId = algo && wokenId(algo);
    if (orderId === undefined) throw thrown;
    const { id } = await api.markets.find(order.symbol, signal);
    await api.signed({ method: 'DELETE', path: 'order', params: { symbol: id, orderId }, purpose: 'cancel', signal });
  }
}

export async function openAlgoOrders(
  { signed, markets, dialect }: BinanceApi,
  { symbol, purpose }: Readonly<{ symbol?: string | undefined; purpose: Purpose }>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> {
  const params = symbol === undefined ? {} : { symbol: (await markets.find(symbol, signal)).id };
  const answer = await signed({ method: 'GET', path: 'openAlgoOrders', params, purpose, signal });
  return Promise.all(
    readAnswer(z.array(algoShape), answer, 'openAlgoOrders').map(async (algo) =>
      waitingOrder(algo, dialect.venue, (await markets.symbolOf(algo.symbol, signal)) ?? algo.symbol),
    ),
  );
}

import type { Fill, OrderIntent, Submission, VenueOrder } from '../../../core/orders/types.ts';
import { VenueError, type SendOutcome } from '../../../core/ports/exchange.ts';
import { beforeSending } from '../before-sending.ts';
import { sending } from '../outcomes.ts';
import { readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';
import { fullFills, orderShape, venueOrder } from './shapes.ts';

/** Binance takes no wider receive window. */
const widestWindowMs = 60_000;

/** The receive window that makes the venue refuse the order after its deadline. */
function windowOf({ timestampMs, deadlineMs }: Submission): number {
  const windowMs = deadlineMs - timestampMs;
  if (Number.isInteger(windowMs) && windowMs > 0 && windowMs <= widestWindowMs) return windowMs;
  const message = `deadline: expected up to ${widestWindowMs} ms after the timestamp, found ${windowMs} ms`;
  throw new VenueError({ kind: 'rejected', code: '', message });
}

const timeInForce = (intent: OrderIntent) => ({ timeInForce: intent.timeInForce });

/** Type, price and validity in spot's words. */
function spotTerms(intent: OrderIntent): Readonly<Record<string, string>> {
  const { type, price = '', stopPrice = '' } = intent;
  if (type === 'market') return { type: 'MARKET' };
  if (type === 'stopMarket') return { type: 'STOP_LOSS', stopPrice };
  if (intent.timeInForce === 'PO') return { type: 'LIMIT_MAKER', price };
  return { type: 'LIMIT', price, ...timeInForce(intent) };
}

/** Plain orders and algo orders cost the same. */
export async function payToSend({ session, markets, dialect }: BinanceApi, symbol: string): Promise<void> {
  const { id } = await markets.find(symbol);
  await session.payToSend({ api: dialect.privateApi, path: 'order', params: { symbol: id } });
}

type Posted = Readonly<{ path: 'order' | 'algoOrder'; terms: Readonly<Record<string, string>> }>;

/** POST of an order in its `terms`, signed with exactly the submission's timestamp and window. */
export async function postOrder(
  { session, markets, dialect }: BinanceApi,
  { path, terms }: Posted,
  intent: OrderIntent,
  { submission, signal }: Readonly<{ submission: Submission; signal?: AbortSignal | undefined }>,
): Promise<unknown> {
  const recvWindow = windowOf(submission);
  const { id } = await beforeSending(() => markets.find(intent.symbol, signal));
  return session.request({
    api: dialect.privateApi,
    method: 'POST',
    path,
    purpose: 'send',
    signal,
    params: {
      symbol: id,
      side: intent.side.toUpperCase(),
      ...terms,
      timestamp: submission.timestampMs,
      recvWindow,
    },
  });
}

/** Spot's answer tells the trades too. */
export const placeSpotOrder = (
  api: BinanceApi,
  intent: OrderIntent,
  submission: Submission,
  signal?: AbortSignal,
): Promise<SendOutcome> =>
  sending(async () => {
    const terms = {
      ...spotTerms(intent),
      quantity: intent.amount,
      newClientOrderId: intent.clientOrderId,
      newOrderRespType: 'FULL',
    };
    const answer = await postOrder(api, { path: 'order', terms }, intent, { submission, signal });
    const read = venueOrder(readAnswer(orderShape, answer, 'order'), api.dialect.venue, intent.symbol);
    const order = ownOrder(read, intent);
    return { kind: 'accepted', order, fills: answeredFills(answer, order) };
  });

/** The order, if it is the one that was sent: any other answer leaves the outcome open. */
export function ownOrder(order: VenueOrder, { clientOrderId }: Pick<OrderIntent, 'clientOrderId'>): VenueOrder {
  if (order.clientOrderId === clientOrderId) return order;
  throw new VenueError({ kind: 'unknown', code: '', message: 'the answer is about another order' });
}

/**
 * Fills that the answer tells wholly. A single one's quote amount is the order's; of several only the sum is said, so
 * they are left to a look at the trades: a fill's money is the venue's figure, never price x amount.
 */
function answeredFills(answer: unknown, order: VenueOrder): readonly Fill[] {
  const { cummulativeQuoteQty } = readAnswer(orderShape, answer, 'order');
  const { fills = [] } = readAnswer(fullFills, answer, 'order');
  const [fill] = fills;
  if (fill === undefined || fills.length > 1 || cummulativeQuoteQty === undefined) return [];
  return [
    {
      venue: order.venue,
      symbol: order.symbol,
      tradeId: fill.tradeId,
      venueOrderId: order.venueOrderId,
      ...(order.clientOrderId !== undefined && { clientOrderId: order.clientOrderId }),
      side: order.side,
      amount: fill.qty,
      price: fill.price,
      quoteAmount: cummulativeQuoteQty,
      fee: fill.commission,
      feeAsset: fill.commissionAsset,
      // Only an order that takes is filled by the time of its answer.
      liquidity: 'taker',
      venueMs: order.venueMs,
    },
  ];
}

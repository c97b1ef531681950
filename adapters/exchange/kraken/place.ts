import { z } from 'zod';
import type { OrderIntent, Submission } from '../../../core/orders/types.ts';
import { VenueError, type SendOutcome } from '../../../core/ports/exchange.ts';
import { beforeSending } from '../before-sending.ts';
import { sending } from '../outcomes.ts';
import type { KrakenApi } from './api.ts';

/** Kraken takes deadlines from 2 to 60 s ahead. */
const widestDeadlineMs = 60_000;

const placedShape = z.object({ txid: z.array(z.string().min(1)).min(1), cl_ord_id: z.string().optional() });

/** Type, price and validity in Kraken's words. */
function terms({ type, price = '', stopPrice = '', timeInForce }: OrderIntent): Readonly<Record<string, string>> {
  if (type === 'market') return { ordertype: 'market', oflags: 'fciq' };
  if (type === 'stopMarket') return { ordertype: 'stop-loss', price: stopPrice, oflags: 'fciq' };
  if (timeInForce === 'PO') return { ordertype: 'limit', price, oflags: 'post,fciq' };
  return { ordertype: 'limit', price, timeinforce: timeInForce, oflags: 'fciq' };
}

/** AddOrder with our id and exactly the submission's deadline. Its answer names the order and tells nothing of fills. */
export const placeKrakenOrder = (
  { ask, markets, clock }: KrakenApi,
  intent: OrderIntent,
  { timestampMs, deadlineMs }: Submission,
  signal?: AbortSignal,
): Promise<SendOutcome> =>
  sending(async () => {
    if (!(deadlineMs > timestampMs && deadlineMs - timestampMs <= widestDeadlineMs)) {
      const message = `deadline: expected up to ${widestDeadlineMs} ms after the timestamp`;
      throw new VenueError({ kind: 'rejected', code: '', message });
    }
    const { id } = await beforeSending(() => markets.find(intent.symbol, signal));
    const params = {
      pair: id,
      type: intent.side,
      ...terms(intent),
      volume: intent.amount,
      cl_ord_id: intent.clientOrderId,
      deadline: new Date(deadlineMs).toISOString(),
    };
    const placed = await ask({ path: 'AddOrder', params, purpose: 'send', signal }, placedShape);
    const [venueOrderId = ''] = placed.txid;
    if (placed.cl_ord_id !== undefined && placed.cl_ord_id !== intent.clientOrderId) {
      throw new VenueError({ kind: 'unknown', code: '', message: 'the answer is about another order' });
    }
    return {
      kind: 'accepted',
      order: {
        venue: 'kraken',
        symbol: intent.symbol,
        venueOrderId,
        clientOrderId: intent.clientOrderId,
        side: intent.side,
        type: intent.type,
        state: 'accepted',
        amount: intent.amount,
        executed: '0',
        ...(intent.price !== undefined && { price: intent.price }),
        ...(intent.stopPrice !== undefined && { stopPrice: intent.stopPrice }),
        reduceOnly: false,
        venueMs: clock.estimateMs() ?? timestampMs,
      },
      fills: [],
    };
  });

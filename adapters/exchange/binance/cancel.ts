import { VenueError, type CancelOutcome, type OrderReference } from '../../../core/ports/exchange.ts';
import { sending } from '../outcomes.ts';
import { readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';
import { isUnknownOrder, nameOf } from './look.ts';
import { openBinanceOrders } from './open-orders.ts';
import { orderShape, venueOrder } from './shapes.ts';

/** DELETE order. `unknownOrder` may mean filled, so it is handed on as a failure. */
export const cancelNamed = (api: BinanceApi, order: OrderReference, signal?: AbortSignal): Promise<CancelOutcome> =>
  sending(async () => {
    const { id } = await api.markets.find(order.symbol, signal);
    const params = { symbol: id, ...nameOf(order) };
    const answer = await api.signed({ method: 'DELETE', path: 'order', params, purpose: 'cancel', signal });
    const canceled = venueOrder(readAnswer(orderShape, answer, 'order'), api.dialect.venue, order.symbol);
    return { kind: 'canceled', order: canceled };
  });

/** Cancels all orders of a symbol, or of each symbol where something rests; every symbol is tried. */
export const cancelEverywhere = (
  api: BinanceApi,
  symbol: string | undefined,
  signal?: AbortSignal,
): Promise<CancelOutcome> =>
  sending(async () => {
    const symbols =
      symbol === undefined
        ? new Set((await openBinanceOrders(api, { purpose: 'cancel' }, signal)).map((order) => order.symbol))
        : new Set([symbol]);
    return cancelEach([...symbols], (each) => cancelSymbol(api, each, signal));
  });

async function cancelSymbol({ signed, markets }: BinanceApi, symbol: string, signal?: AbortSignal): Promise<void> {
  const { id } = await markets.find(symbol, signal);
  try {
    await signed({ method: 'DELETE', path: 'openOrders', params: { symbol: id }, purpose: 'cancel', signal });
  } catch (thrown) {
    // Nothing rests there.
    if (!isUnknownOrder(thrown)) throw thrown;
  }
}

/** Tries every symbol, one after the other; the failure names those that could not be asked. */
export async function cancelEach(
  symbols: readonly string[],
  cancel: (symbol: string) => Promise<void>,
): Promise<CancelOutcome> {
  const failed: { symbol: string; error: VenueError }[] = [];
  for (const symbol of symbols) {
    try {
      await cancel(symbol);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      failed.push({ symbol, error });
    }
  }
  const [first] = failed;
  if (first === undefined) return { kind: 'canceled' };
  const names = failed.map(({ symbol }) => symbol).join(', ');
  return { kind: 'failed', failure: { ...first.error.failure, message: `${names}: ${first.error.failure.message}` } };
}

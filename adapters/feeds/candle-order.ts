import { isTimeframe, timeframeMs } from '../../core/market/timeframe.ts';
import type { Candle } from '../../core/ports/market-feed.ts';
import { inOrder } from './in-order.ts';
import type { OrderContext } from './trade-order.ts';
import { noticeEvent, type CandleSeries } from './venue.ts';

export type CandleOrder = Readonly<{ take(candle: Candle): void; catchUp(): void }>;

/**
 * Candles of one series: each closed one once and in order, running ones in between. A candle that was never seen
 * closed when a later one runs is asked for by REST, which knows its last trades.
 */
export function createCandleOrder(
  { symbol, timeframe }: CandleSeries,
  { rest, nowMs, signal, deliver }: OrderContext,
): CandleOrder {
  const stepMs = isTimeframe(timeframe) ? timeframeMs[timeframe] : Infinity;
  /** Open time of the last candle that was delivered closed, or that lies before the first one seen. */
  let closedMs: number | undefined;

  const pass = (candle: Candle) => {
    if (candle.closed) closedMs = candle.openMs;
    deliver({ type: 'candle', candle });
  };
  const tell = (missing: number, backfilled: boolean) =>
    deliver(
      noticeEvent({ kind: 'gap', stream: `candles ${symbol} ${timeframe}`, receivedMs: nowMs(), missing, backfilled }),
    );

  /** Closed candles from the last one on; with `beforeMs` all that must have closed by then. */
  const fill = async (beforeMs: number | undefined): Promise<void> => {
    if (closedMs === undefined) return;
    const fromMs = closedMs + stepMs;
    let found: readonly Candle[] = [];
    try {
      found = await rest.candlesFrom({ symbol, timeframe }, fromMs, signal);
    } catch {
      if (signal.aborted) return; // else the candles stay missing, and the next one asks again
    }
    for (const candle of found) {
      const closed = candle.closed || (beforeMs !== undefined && candle.openMs < beforeMs);
      if (closed && candle.openMs > closedMs && candle.openMs < (beforeMs ?? Infinity)) pass({ ...candle, closed });
    }
    if (beforeMs === undefined) return;
    const missing = Math.round((beforeMs - closedMs) / stepMs) - 1;
    const wanted = Math.round((beforeMs - fromMs) / stepMs);
    if (wanted > 1 || missing > 0) tell(wanted, missing === 0);
  };

  const handle = (candle: Candle): void | Promise<void> => {
    closedMs ??= candle.openMs - stepMs;
    if (candle.openMs <= closedMs) return undefined;
    if (candle.openMs === closedMs + stepMs) return pass(candle);
    return fill(candle.openMs).then(() => pass(candle));
  };
  const order = inOrder(handle, { overflow: () => tell(1, false), failed: () => tell(1, false) });
  return { take: order.take, catchUp: () => order.run(() => fill(undefined)) };
}

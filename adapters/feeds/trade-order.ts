import type { FeedEvent, PublicTrade } from '../../core/ports/market-feed.ts';
import { inOrder } from './in-order.ts';
import { noticeEvent, type FeedRest } from './venue.ts';

/** A longer gap than this is told and not filled: a reader that needs it downloads it. */
const fillLimit = 10_000;

export type TradeOrder = Readonly<{
  take(trade: PublicTrade): void;
  /** Asks REST for what came after the last trade: after a reconnect, or when the stream is silent. */
  catchUp(): void;
}>;

const idOf = ({ tradeId }: PublicTrade): number => Number(tradeId);

export type OrderContext = Readonly<{
  rest: FeedRest;
  nowMs(): number;
  signal: AbortSignal;
  deliver(event: FeedEvent): void;
}>;

/** Trades of one symbol once and in order, by ids that rise by one; what is missing comes from REST. */
export function createTradeOrder(symbol: string, { rest, nowMs, signal, deliver }: OrderContext): TradeOrder {
  const stream = `trades ${symbol}`;
  let last: PublicTrade | undefined;
  const pass = (trade: PublicTrade) => {
    last = trade;
    deliver({ type: 'trade', trade });
  };
  const tellGap = (missing: number, backfilled: boolean) =>
    deliver(noticeEvent({ kind: 'gap', stream, receivedMs: nowMs(), missing, backfilled }));

  const fill = async (before: number | undefined): Promise<void> => {
    if (last === undefined) return;
    const expected = before === undefined ? undefined : before - idOf(last) - 1;
    if (expected !== undefined && expected > fillLimit) return tellGap(expected, false);
    let found: readonly PublicTrade[] = [];
    try {
      found = await rest.tradesAfter(last, before, signal);
    } catch {
      if (signal.aborted) return;
      if (expected === undefined) return tellGap(0, false); // else they are told as missing below, whatever it was
    }
    let given = 0;
    for (const trade of found) {
      if (idOf(trade) <= idOf(last)) continue;
      given += 1;
      pass(trade);
    }
    if (expected !== undefined) tellGap(expected, given === expected);
    else if (given > 0) tellGap(given, true);
  };

  const handle = (trade: PublicTrade): void | Promise<void> => {
    const id = idOf(trade);
    if (last === undefined || id === idOf(last) + 1) return pass(trade);
    if (id <= idOf(last)) return undefined;
    return fill(id).then(() => pass(trade));
  };
  const order = inOrder(handle, { overflow: () => tellGap(1, false), failed: () => tellGap(1, false) });
  return { take: order.take, catchUp: () => order.run(() => fill(undefined)) };
}

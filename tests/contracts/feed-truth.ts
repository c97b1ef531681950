import type { SimulatedExchange } from '../../adapters/exchange/simulated/start.ts';
import type { VenueName } from '../../adapters/exchange/simulated/markets.ts';
import { toNumber } from '../../core/venue/decimal.ts';
import { marketOf } from '../../core/venue/state.ts';
import { marketKey } from '../../core/venue/world.ts';
import type { Heard } from './feed-run.ts';

/** Whose truth: a market of the simulated exchange, and as deep as the feed asks for its book. */
export type TruthOf = Readonly<{ venue: VenueName; market: string; depth: number }>;

/** What stands in the venue's engine now, in the port's words. */
export function truthNow({ simulation }: SimulatedExchange, { venue, market: id, depth }: TruthOf) {
  const { market, book } = marketOf(simulation.venue(venue), id);
  const tape = simulation.world.tapes.get(marketKey(venue, id));
  if (tape === undefined) throw new RangeError(`no tape of ${id}`);
  const side = ({ levels }: typeof book.bids) =>
    levels
      .slice(0, depth)
      .map(({ price, total }) => [toNumber(price, market.priceDecimals), toNumber(total, market.quantityDecimals)]);
  return {
    bids: side(book.bids),
    asks: side(book.asks),
    trades: tape.trades.map(({ tradeId, price, quantity, takerSide, timeMs }) => ({
      tradeId: String(tradeId),
      price: toNumber(price, market.priceDecimals),
      amount: toNumber(quantity, market.quantityDecimals),
      takerSide,
      venueMs: timeMs,
    })),
    minutes: tape.minutes.map(({ openMs, open, high, low, close, volume }) => ({
      openMs,
      open: toNumber(open, market.priceDecimals),
      high: toNumber(high, market.priceDecimals),
      low: toNumber(low, market.priceDecimals),
      close: toNumber(close, market.priceDecimals),
      volume: toNumber(volume, market.quantityDecimals),
    })),
    nowMs: simulation.world.clock.nowMs,
  };
}

type Truth = ReturnType<typeof truthNow>;

/** Where what was heard differs from the truth; empty when the feed has converged. */
export function differences(heard: Heard, truth: Truth): string[] {
  return [
    ...(same(heard.book?.bids, truth.bids) && same(heard.book?.asks, truth.asks) ? [] : ['book']),
    ...(heard.ticker?.bid === truth.bids[0]?.[0] && heard.ticker?.ask === truth.asks[0]?.[0] ? [] : ['ticker']),
    ...tradeDifferences(heard, truth),
    ...candleDifferences(heard, truth),
  ];
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Every trade since the first one heard, once, in order, with its numbers. */
function tradeDifferences({ trades }: Heard, truth: Truth): string[] {
  const from = truth.trades.findIndex(({ tradeId }) => tradeId === trades[0]?.tradeId);
  if (from < 0) return ['trades'];
  const wanted = truth.trades.slice(from);
  const got = trades.map(({ tradeId, price, amount, takerSide, venueMs }) => ({
    tradeId,
    price,
    amount,
    takerSide,
    venueMs,
  }));
  return same(got, wanted) ? [] : ['trades'];
}

/** Every minute that closed since the first one heard, once, in order, with its numbers. */
function candleDifferences({ closed, running }: Heard, truth: Truth): string[] {
  const first = closed[0]?.openMs ?? running?.openMs;
  if (first === undefined) return ['candles'];
  const openNow = Math.floor(truth.nowMs / 60_000) * 60_000;
  const wanted = truth.minutes.filter(({ openMs }) => openMs >= first && openMs < openNow);
  const got = closed.map(({ openMs, open, high, low, close, volume }) => ({ openMs, open, high, low, close, volume }));
  return same(got, wanted) ? [] : ['candles'];
}

import type { PublicTrade } from './events.ts';

/** Integers as in market.ts; `notional` is the sum of price x quantity. */
export type Candle = {
  readonly openMs: number;
  readonly open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  notional: bigint;
  trades: number;
  takerBuyVolume: bigint;
  takerBuyNotional: bigint;
  firstTradeId: number;
  lastTradeId: number;
};

/** Minutes without a gap (a minute without a trade is flat), oldest first. */
export type Candles = Candle[];

export const minuteMs = 60_000;

/** Minutes that are kept: a year and a day. */
const minutesLimit = 367 * 1440;

const flat = (openMs: number, price: bigint): Candle => ({
  openMs,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0n,
  notional: 0n,
  trades: 0,
  takerBuyVolume: 0n,
  takerBuyNotional: 0n,
  firstTradeId: -1,
  lastTradeId: -1,
});

/** Adds flat minutes until the one that holds `nowMs` is there. */
export function openMinutes(candles: Candles, nowMs: number): void {
  const minute = nowMs - (nowMs % minuteMs);
  for (;;) {
    const last = candles.at(-1);
    if (last === undefined || last.openMs >= minute) return;
    candles.push(flat(last.openMs + minuteMs, last.close));
    if (candles.length > minutesLimit) candles.splice(0, 1440);
  }
}

export function addTrade(candles: Candles, { price, quantity, timeMs, takerSide, tradeId }: PublicTrade): void {
  if (candles.length === 0) candles.push(flat(timeMs - (timeMs % minuteMs), price));
  openMinutes(candles, timeMs);
  const last = candles.at(-1);
  if (last === undefined) return;
  const first = last.trades === 0;
  const taker = takerSide === 'buy' ? quantity : 0n;
  const candle = first ? { ...last, open: price, high: price, low: price } : last;
  if (first) {
    candle.firstTradeId = tradeId;
    candles[candles.length - 1] = candle;
  }
  if (price > candle.high) candle.high = price;
  if (price < candle.low) candle.low = price;
  candle.close = price;
  candle.volume += quantity;
  candle.notional += price * quantity;
  candle.trades += 1;
  candle.takerBuyVolume += taker;
  candle.takerBuyNotional += taker * price;
  candle.lastTradeId = tradeId;
}

/** How a timeframe cuts time: its length, and where a cut lies (weeks begin on Monday, months on the 1st). */
export type Timeframe = Readonly<{ ms: number; month?: boolean }>;

const mondayMs = 4 * 86_400_000;

/** Start of the candle of `timeframe` that holds `ms`. */
export function openOf({ ms: length, month }: Timeframe, ms: number): number {
  if (month === true) {
    const date = new Date(ms);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const shift = length === 7 * 86_400_000 ? mondayMs : 0;
  return Math.floor((ms - shift) / length) * length + shift;
}

/** Last instant of the candle that opens at `openMs`. */
export function closeOf({ ms, month }: Timeframe, openMs: number): number {
  if (month !== true) return openMs + ms - 1;
  const date = new Date(openMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - 1;
}

/** Candles of a timeframe from minutes in [fromMs, toMs], the first `limit` of them; the newest may still be open. */
export function candlesOf(
  minutes: Candles,
  timeframe: Timeframe,
  { fromMs, toMs, limit }: Readonly<{ fromMs: number; toMs: number; limit: number }>,
): Candle[] {
  const result: Candle[] = [];
  const start = indexOf(
    minutes,
    openOf(timeframe, fromMs) < fromMs ? closeOf(timeframe, openOf(timeframe, fromMs)) + 1 : fromMs,
  );
  for (let index = start; index < minutes.length; index += 1) {
    const minute = minutes[index];
    if (minute === undefined) break;
    const openMs = openOf(timeframe, minute.openMs);
    if (openMs > toMs) break;
    const current = result.at(-1);
    if (current?.openMs === openMs) merge(current, minute);
    else if (result.length === limit) break;
    else result.push({ ...minute, openMs });
  }
  return result;
}

function indexOf(minutes: Candles, fromMs: number): number {
  const first = minutes[0];
  if (first === undefined) return 0;
  return Math.max(0, Math.ceil((fromMs - first.openMs) / minuteMs));
}

function merge(into: Candle, from: Candle): void {
  if (from.high > into.high) into.high = from.high;
  if (from.low < into.low) into.low = from.low;
  into.close = from.close;
  into.volume += from.volume;
  into.notional += from.notional;
  into.trades += from.trades;
  into.takerBuyVolume += from.takerBuyVolume;
  into.takerBuyNotional += from.takerBuyNotional;
  if (into.firstTradeId < 0) into.firstTradeId = from.firstTradeId;
  if (from.lastTradeId >= 0) into.lastTradeId = from.lastTradeId;
}

import { minuteMs } from '../../../core/venue/candles.ts';
import type { Tape } from '../../../core/venue/tape.ts';

/** The last 24 hours of a market, integers as in core/venue/market.ts. */
export type DayStatistics = Readonly<{
  openMs: number;
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  notional: bigint;
  trades: number;
  changePercent: number;
  lastQuantity: bigint;
  firstTradeId: number;
  lastTradeId: number;
}>;

type Cached = { minute: number; partial: Omit<DayStatistics, 'changePercent' | 'lastQuantity' | 'close'> };

const cache = new WeakMap<Tape, Cached>();

/** Whole minutes are summed once a minute; the running one is added at each call. */
export function day24(tape: Tape, nowMs: number): DayStatistics {
  const minute = Math.floor(nowMs / minuteMs);
  let cached = cache.get(tape);
  if (cached?.minute !== minute) cache.set(tape, (cached = { minute, partial: sumMinutes(tape, minute) }));
  const { partial } = cached;
  const running = tape.minutes.at(-1);
  const close = running?.close ?? 0n;
  const open = partial.open === 0n ? (running?.open ?? 0n) : partial.open;
  const max = running !== undefined && running.high > partial.high ? running.high : partial.high;
  const min = running !== undefined && (partial.low === 0n || running.low < partial.low) ? running.low : partial.low;
  return {
    ...partial,
    open,
    high: max,
    low: min,
    close,
    volume: partial.volume + (running?.volume ?? 0n),
    notional: partial.notional + (running?.notional ?? 0n),
    trades: partial.trades + (running?.trades ?? 0),
    changePercent: open === 0n ? 0 : (Number(close - open) / Number(open)) * 100,
    lastQuantity: tape.trades.at(-1)?.quantity ?? 0n,
    lastTradeId: tape.trades.at(-1)?.tradeId ?? -1,
  };
}

function sumMinutes({ minutes }: Tape, minute: number): Cached['partial'] {
  const whole = minutes.slice(-1441, -1);
  const [first] = whole;
  return {
    openMs: (minute - 1440) * minuteMs,
    open: first?.open ?? 0n,
    high: whole.reduce((most, { high }) => (high > most ? high : most), first?.high ?? 0n),
    low: whole.reduce((least, { low }) => (low < least ? low : least), first?.low ?? 0n),
    volume: whole.reduce((sum, { volume }) => sum + volume, 0n),
    notional: whole.reduce((sum, { notional }) => sum + notional, 0n),
    trades: whole.reduce((sum, { trades }) => sum + trades, 0),
    firstTradeId: whole.find(({ firstTradeId }) => firstTradeId >= 0)?.firstTradeId ?? -1,
    lastTradeId: -1,
  };
}

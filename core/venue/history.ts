import type { Prng } from '../math/prng.ts';
import { minuteMs, type Candles } from './candles.ts';
import { pow10 } from './decimal.ts';
import type { VenueMarket } from './market.ts';
import { createSyntheticSource } from './price-source.ts';

/** One minute of an underlying before it is put on a market's ticks. */
export type HistoryMinute = Readonly<{ openMs: number; path: readonly number[]; size: number }>;

/**
 * Minutes before the start, from the same kind of price as after it, scaled so that the last one ends at `price`:
 * every market of the underlying gets its candles from these.
 */
export function synthesizeHistory(
  prng: Prng,
  {
    startMs,
    minutes,
    price,
    volatility,
  }: Readonly<{ startMs: number; minutes: number; price: number; volatility: number }>,
): HistoryMinute[] {
  const firstMs = Math.floor(startMs / minuteMs) * minuteMs - minutes * minuteMs;
  const source = createSyntheticSource({ price, startMs: firstMs, volatility, prng });
  const quarter = minuteMs / 4;
  let last = price;
  const rows = Array.from({ length: minutes }, (_, index) => {
    const openMs = firstMs + index * minuteMs;
    const path = [last];
    for (let step = 1; step <= 4; step += 1) path.push(source.advance(openMs + step * quarter).price);
    last = path.at(-1) ?? last;
    return { openMs, path, size: 0.2 + prng.nextFloat() };
  });
  const scale = price / last;
  return rows.map((row) => ({ ...row, path: row.path.map((value) => value * scale) }));
}

/** The minutes as candles of a market; `quantity` is its usual best level. */
export function historyCandles(
  market: VenueMarket,
  minutes: readonly HistoryMinute[],
  { basisPpm, quantity }: Readonly<{ basisPpm: number; quantity: bigint }>,
): Candles {
  const unit = Number(pow10(market.priceDecimals)) * (1 + basisPpm / 1e6);
  const toTicks = (price: number) => (BigInt(Math.round(price * unit)) / market.tick) * market.tick;
  return minutes.map(({ openMs, path, size }) => {
    const prices = path.map(toTicks);
    const [open = 0n] = prices;
    const close = prices.at(-1) ?? open;
    const lots = (quantity * BigInt(Math.floor(size * 1000))) / 100n / market.lot;
    const volume = lots * market.lot;
    const taker = (lots / 2n) * market.lot;
    const middle = ((open + close) / 2n / market.tick) * market.tick;
    return {
      openMs,
      open,
      close,
      high: prices.reduce((best, price) => (price > best ? price : best), open),
      low: prices.reduce((best, price) => (price < best ? price : best), open),
      volume,
      notional: volume * middle,
      trades: 8 + Math.floor(size * 100),
      takerBuyVolume: taker,
      takerBuyNotional: taker * middle,
      firstTradeId: -1,
      lastTradeId: -1,
    };
  });
}

import type { Prng } from '../math/prng.ts';
import { nextNormal } from './substreams.ts';

/** A trade that the market is to print; price and quantity in units of quote and base, as recorded. */
export type SourceTrade = Readonly<{ timeMs: number; price: number; quantity: number; buyerIsMaker: boolean }>;

/** Where a price comes from: one source an underlying, whatever venues trade it. */
export type PriceSource = Readonly<{
  /** True where the trades come from the source alone: no chance flow between them. */
  recorded: boolean;
  /** Moves to `toMs`; gives the price there and, from a recording, the trades on the way. */
  advance(toMs: number): Readonly<{ price: number; trades: readonly SourceTrade[] }>;
  /** Sets the price by hand; it goes on from there. */
  set(price: number): void;
}>;

export type SyntheticSettings = Readonly<{
  price: number;
  startMs: number;
  /** Yearly volatility of the normal regime, as a fraction. */
  volatility: number;
  jumpsPerDay?: number;
  prng: Prng;
}>;

const yearMs = 365 * 86_400_000;

/** How much wilder than normal a regime is, and how long it lasts on average. */
const regimes = [
  { factor: 0.5, meanMs: 3 * 3_600_000 },
  { factor: 1, meanMs: 4 * 3_600_000 },
  { factor: 2.5, meanMs: 1_800_000 },
] as const;

/** Geometric Brownian motion with regime switches and jumps of 1 % standard deviation. Volatility 0 holds the price. */
export function createSyntheticSource({
  price,
  startMs,
  volatility,
  jumpsPerDay = 2,
  prng,
}: SyntheticSettings): PriceSource {
  let nowMs = startMs;
  let current = price;
  let regime: (typeof regimes)[number] = regimes[1];
  return {
    recorded: false,
    advance: (toMs) => {
      const dtMs = Math.max(0, toMs - nowMs);
      nowMs = toMs;
      if (volatility === 0 || dtMs === 0) return { price: current, trades: [] };
      if (prng.nextFloat() * regime.meanMs < dtMs) regime = regimes[prng.nextBelow(regimes.length)] ?? regimes[1];
      let change = volatility * regime.factor * Math.sqrt(dtMs / yearMs) * nextNormal(prng);
      if (prng.nextFloat() * 86_400_000 < jumpsPerDay * dtMs) change += 0.01 * nextNormal(prng);
      current *= 1 + Math.max(-0.5, Math.min(0.5, change));
      return { price: current, trades: [] };
    },
    set: (next) => {
      current = next;
    },
  };
}

/** Replays trades at their own times; after the last one the price stands. */
export function createRecordedSource(trades: readonly SourceTrade[]): PriceSource {
  let next = 0;
  let current = trades[0]?.price ?? 0;
  return {
    recorded: true,
    advance: (toMs) => {
      const from = next;
      while (next < trades.length && (trades[next]?.timeMs ?? Infinity) <= toMs) next += 1;
      const due = trades.slice(from, next);
      current = due.at(-1)?.price ?? current;
      return { price: current, trades: due };
    },
    set: (price) => {
      current = price;
    },
  };
}

export type RecordedBar = readonly [
  openTimeMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

/**
 * Trades that would have made each bar: they touch open, both extremes (the nearer one first) and close, and sum to the
 * volume. Sizes and the steps between are the seed's; about one trade in ten seconds, at least seven a bar.
 */
export function tradesOfBars(bars: readonly RecordedBar[], barMs: number, prng: Prng): SourceTrade[] {
  const legSteps = Math.max(2, Math.min(120, Math.floor(barMs / 30_000)));
  return bars.flatMap(([openTimeMs, open, high, low, close, volume]) => {
    const lowFirst = open - low < high - open;
    const turns = lowFirst ? [open, low, high, close] : [open, high, low, close];
    const within = (price: number) => Math.max(low, Math.min(high, price));
    const path = turns.flatMap((to, index) => {
      const from = turns[index - 1];
      if (from === undefined) return [to];
      return Array.from({ length: legSteps }, (_, step) => {
        if (step === legSteps - 1) return to;
        const noise = (prng.nextFloat() - 0.5) * 0.3;
        return within(from + (to - from) * Math.min(1, (step + 1) / legSteps + noise));
      });
    });
    const weights = path.map(() => 0.2 + prng.nextFloat());
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return path.map((price, index) => ({
      timeMs: openTimeMs + Math.floor((barMs * index) / path.length),
      price,
      quantity: (volume * (weights[index] ?? 0)) / sum,
      buyerIsMaker: price < (path[index - 1] ?? price + 1),
    }));
  });
}

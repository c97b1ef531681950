import { dayMs } from '../market/timeframe.ts';

/** Up to which time of a market results of a family have been seen (the close of the last bar), and by whom. */
export type SeenMarket = Readonly<{
  market: string;
  toMs: number;
  by: string;
  /** `backtest`, `sweep`, … */
  face: string;
  atMs: number;
}>;

/** The sealed part of a history, as a family may still use it. */
export type Holdout = Readonly<{
  /** `seen`: too little of it is unseen, and the last tier refuses. */
  state: 'sealed' | 'partlySeen' | 'seen';
  /** Where the part begins that nobody has seen; epoch ms. */
  fromMs: number;
  /** Close of the last bar. */
  toMs: number;
  /** What was seen of it, by whom; until when data must have come for a new one. Empty when sealed. */
  note: string;
}>;

/**
 * Least share of a holdout that must be unseen: the rule of every window of the desk, which refuses under half of what
 * is asked. At the usual year it is half a year of new bars; over less, the standard error of an annual Sharpe ratio is
 * above 1.4 and the last test could tell nothing any more.
 */
export const leastUnseenShare = 0.5;

/**
 * A market as the ledger knows it: a pair, whatever it is settled in. Spot and perpetual of a pair move as one, so whoever
 * has seen the one has seen the other.
 */
export const marketOf = (symbol: string): string => symbol.split(':')[0];

/**
 * What is left of a holdout for a family that has looked. The unseen part begins where the family's latest look at any
 * of the markets ends; it serves when it is at least half as long as the whole.
 */
export function holdoutOf({
  symbols,
  sealedFromMs,
  endMs,
  seen,
}: Readonly<{
  symbols: readonly string[];
  sealedFromMs: number;
  endMs: number;
  seen: readonly SeenMarket[];
}>): Holdout {
  const markets = new Set(symbols.map(marketOf));
  const looks = seen.filter(({ market, toMs }) => markets.has(market) && toMs > sealedFromMs);
  const [latest] = looks.toSorted((a, b) => b.toMs - a.toMs || a.atMs - b.atMs);
  if (latest === undefined) return { state: 'sealed', fromMs: sealedFromMs, toMs: endMs, note: '' };
  const needMs = leastUnseenShare * (endMs - sealedFromMs);
  const serves = endMs - latest.toMs >= needMs;
  const look = `results of this family were seen up to ${day(latest.toMs)} (${latest.market}, ${latest.face} by ${latest.by} on ${day(latest.atMs)})`;
  return {
    state: serves ? 'partlySeen' : 'seen',
    fromMs: Math.min(latest.toMs, endMs),
    toMs: endMs,
    note: serves
      ? `${look}: the holdout begins there`
      : `${look}, the holdout began on ${day(sealedFromMs)}: ` +
        `${Math.ceil(needMs / dayMs)} unseen days are needed, there by ${day(latest.toMs + needMs)}`,
  };
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

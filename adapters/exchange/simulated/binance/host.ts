import type { VenueState } from '../../../../core/venue/state.ts';
import type { Tape } from '../../../../core/venue/tape.ts';
import { marketKey } from '../../../../core/venue/world.ts';
import type { SimulatedMarket, VenueName } from '../markets.ts';
import type { SimulatedAccount } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import { BinanceError, missing } from './errors.ts';
import type { RateLimiter } from './rate-limits.ts';

/** One Binance API (spot or USD-M) over its venue. */
export type BinanceHost = Readonly<{
  name: Extract<VenueName, 'binanceSpot' | 'binanceUsdm'>;
  simulation: Simulation;
  venue: VenueState;
  limiter: RateLimiter;
}>;

/** A request whose key, time and signature were checked as far as its route wants it. */
export type BinanceCall = Readonly<{
  host: BinanceHost;
  get(name: string): string | undefined;
  /** Of a route that needs none: not to be read. */
  account: SimulatedAccount;
  wireMs: number;
  /** Market clock. */
  nowMs: number;
  ip: string;
  /** Headers that the answer gets. */
  headers: Record<string, string>;
}>;

export type BinanceRoute = Readonly<{
  weight: number | ((get: (name: string) => string | undefined) => number);
  security: 'none' | 'key' | 'signed';
  /** The parameters that it knows; without a list, any. */
  parameters?: readonly string[];
  /** Needs the right to trade. */
  trades?: boolean;
  answer(call: BinanceCall): unknown;
}>;

export type BinanceRoutes = Readonly<Record<string, BinanceRoute>>;

export function needed({ get }: Pick<BinanceCall, 'get'>, name: string): string {
  const value = get(name);
  if (value === undefined || value === '') throw missing(name);
  return value;
}

/** The market that a symbol names, or -1121. */
export function marketNamed(host: BinanceHost, symbol: string): SimulatedMarket {
  const found = host.simulation.markets.find(({ venue, market }) => venue === host.name && market.id === symbol);
  if (found === undefined) throw new BinanceError(-1121, 'Invalid symbol.');
  return found;
}

export const marketsOf = ({ simulation, name }: BinanceHost): readonly SimulatedMarket[] =>
  simulation.markets.filter(({ venue }) => venue === name);

export function tapeOf({ simulation, name }: BinanceHost, market: string): Tape {
  const tape = simulation.world.tapes.get(marketKey(name, market));
  if (tape === undefined) throw new RangeError(`no tape of ${market}`);
  return tape;
}

/** A whole number within bounds, or Binance's -1130. */
export function wholeNumber(
  { get }: Pick<BinanceCall, 'get'>,
  name: string,
  { fallback, most }: Readonly<{ fallback: number; most: number }>,
): number {
  const text = get(name);
  if (text === undefined || text === '') return fallback;
  if (!/^\d{1,17}$/.test(text)) {
    throw new BinanceError(-1100, `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`);
  }
  return Math.min(Number(text), most);
}

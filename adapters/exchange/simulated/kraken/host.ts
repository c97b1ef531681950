import type { VenueState } from '../../../../core/venue/state.ts';
import type { Tape } from '../../../../core/venue/tape.ts';
import { marketKey } from '../../../../core/venue/world.ts';
import { EngineStep } from '../engine-step.ts';
import type { SimulatedMarket } from '../markets.ts';
import type { SimulatedAccount } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import type { KrakenLimiter } from './rate-limits.ts';

/** System status as the venue announces it. */
export type KrakenMode = 'online' | 'cancel_only' | 'post_only' | 'maintenance';

/** Kraken spot over its venue. */
export type KrakenHost = Readonly<{
  simulation: Simulation;
  venue: VenueState;
  markets: readonly SimulatedMarket[];
  limiter: KrakenLimiter;
  /** Highest nonce of each key. */
  nonces: Map<string, bigint>;
  /** WebSocket tokens with the account they stand for and their end on the wire clock. */
  tokens: Map<string, Readonly<{ account: SimulatedAccount; untilMs: number }>>;
  /** Dead man's switches: account id and when it strikes, wire clock. */
  switches: Map<string, number>;
  state: { mode: KrakenMode };
}>;

/** Parameters of a request, as text whatever they came as. */
export type Parameters = Readonly<{ get(name: string): string | undefined; list(name: string): readonly string[] }>;

export type KrakenCall = Parameters &
  Readonly<{
    host: KrakenHost;
    /** Of a public call: not to be read. */
    account: SimulatedAccount;
    wireMs: number;
    nowMs: number;
    /** The body as it came, for calls that carry JSON. */
    json: unknown;
  }>;

export function tapeOf({ simulation }: KrakenHost, market: string): Tape {
  const tape = simulation.world.tapes.get(marketKey('krakenSpot', market));
  if (tape === undefined) throw new RangeError(`no tape of ${market}`);
  return tape;
}

/** What the engine does for a request, once the market stands where it stands by then. */
export const matched = <Result>({ simulation }: KrakenHost, act: () => Result): EngineStep<Result> =>
  new EngineStep(() => {
    simulation.sync();
    return act();
  });

export const seconds = (ms: number): number => ms / 1000;

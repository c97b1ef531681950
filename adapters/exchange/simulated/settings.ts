import { createHash } from 'node:crypto';
import type { ClockMode } from '../../../core/venue/clocks.ts';
import type { RecordedBar, SourceTrade } from '../../../core/venue/price-source.ts';
import type { FaultRequest } from './faults.ts';
import type { VenueName } from './markets.ts';

/** A person or bot with money at the venues. Balances are decimal texts by venue and the venue's asset name. */
export type SimulatedAccount = Readonly<{
  id: string;
  apiKey: string;
  secret: string;
  krakenKey: string;
  krakenSecret: string;
  balances: Readonly<Record<VenueName, Readonly<Record<string, string>>>>;
  /** What the key may do beside reading. */
  permissions: Readonly<{ trade: boolean; withdraw: boolean }>;
}>;

/** What drives the prices: a recording by underlying, a seeded process, or only what the control API sets. */
export type MarketSource =
  | Readonly<{ kind: 'synthetic' }>
  | Readonly<{ kind: 'scripted' }>
  | Readonly<{
      kind: 'recorded';
      trades?: Readonly<Record<string, readonly SourceTrade[]>>;
      bars?: Readonly<Record<string, RecordedBars>>;
    }>;

export type RecordedBars = Readonly<{ barMs: number; rows: readonly RecordedBar[] }>;

/** Fixed or log-normal delay of one leg. */
export type LatencyLeg = Readonly<{ medianMs: number; sigma: number }>;

export type SimulationOptions = Readonly<{
  seed?: number;
  port?: number;
  venues?: readonly VenueName[];
  accounts?: readonly SimulatedAccount[];
  clock?: Readonly<{ mode: ClockMode; speed?: number; startMs?: number; skewMs?: number }>;
  source?: MarketSource;
  faults?: readonly FaultRequest[];
  /** Minutes of candles before the start. */
  historyMinutes?: number;
  /** Market orders of the house a second and market. */
  takersPerSecond?: number;
  stepMs?: number;
  /** Off: weights and counts are still reported, nobody is refused. */
  rateLimits?: boolean;
  krakenTier?: KrakenTier;
  fillChunks?: number;
  /** Chance that a user event is pushed before the REST answer. */
  pushFirst?: number;
  /**
   * The way in, the time in the engine of what is matched (orders, cancels, amendments), the way out. The engine's runs
   * on the venue's clock: where that is manual, an order waits for `/advance`.
   */
  latency?: Readonly<{ inbound?: LatencyLeg; engine?: LatencyLeg; outbound?: LatencyLeg }>;
  /** Orders and fills are seen by queries (not by the engine) this long after they came to be; market clock. */
  readLagMs?: number;
  /** Orders that were filled are no longer found by client id, as at OKX. */
  forgetsFilledIds?: boolean;
}>;

export type KrakenTier = 'starter' | 'intermediate' | 'pro';

/** A funded account whose keys follow from seed and name. */
export function fundedAccount(
  seed: number,
  id: string,
  permissions = { trade: true, withdraw: false },
): SimulatedAccount {
  const digest = (what: string) => createHash('sha512').update(`${seed} ${id} ${what}`).digest();
  const letters = (what: string) => digest(what).toString('hex').slice(0, 64);
  return {
    id,
    apiKey: letters('apiKey'),
    secret: letters('secret'),
    krakenKey: digest('krakenKey').toString('base64').slice(0, 56),
    krakenSecret: digest('krakenSecret').toString('base64'),
    balances: {
      binanceSpot: { USDT: '100000', BTC: '2', ETH: '20', BNB: '10' },
      binanceUsdm: { USDT: '100000' },
      krakenSpot: { ZUSD: '100000', USDT: '50000', XXBT: '2', XETH: '20' },
    },
    permissions,
  };
}

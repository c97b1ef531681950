import type { Charge, Meter } from './meters.ts';
import type { RateRules } from './rules.ts';

export type KrakenTier = 'starter' | 'intermediate' | 'pro';

type Tier = Readonly<{ most: number; fallPerSecond: number; engineMost: number; engineFallPerSecond: number }>;

/** docs.kraken.com: "Spot REST rate limits" and "Trading rate limits". */
const tiers: Readonly<Record<KrakenTier, Tier>> = {
  starter: { most: 15, fallPerSecond: 0.33, engineMost: 60, engineFallPerSecond: 1 },
  intermediate: { most: 20, fallPerSecond: 0.5, engineMost: 125, engineFallPerSecond: 2.34 },
  pro: { most: 20, fallPerSecond: 1, engineMost: 180, engineFallPerSecond: 3.75 },
};

/** Public calls count by address, those of trades and candles by pair too: about one a second, several at once at first. */
const publicCalls: Meter = { kind: 'falling', name: 'public', limit: 15, fallPerSecond: 1 };

const history = new Set(['TradesHistory', 'QueryTrades', 'ClosedOrders', 'Ledgers', 'QueryLedgers']);

const cancels = new Set(['CancelOrder', 'CancelOrderBatch', 'CancelAll', 'CancelAllOrdersAfter']);

/** A lock-out closes the account to every private call. */
const accountOf = (key: string) => `${key} account`;

const door: Meter = { kind: 'falling', name: 'door', limit: 1, fallPerSecond: 1 };

const pairOf = (key: string, pair: unknown) => `${key} ${String(pair)}`;

/**
 * A counter a key that falls with time, by tier; orders count in the engine instead, a counter a pair. What a cancel adds
 * there depends on the order's age and refuses none, so it is left to the engine's own no.
 */
export function krakenRates(tier: KrakenTier): RateRules {
  const { most, fallPerSecond, engineMost, engineFallPerSecond } = tiers[tier];
  const calls: Meter = { kind: 'falling', name: 'calls', limit: most, fallPerSecond };
  const engine: Meter = { kind: 'falling', name: 'engine', limit: engineMost, fallPerSecond: engineFallPerSecond };
  return {
    charges: ({ api, path, params }, { address, key }) => {
      if (api === 'public') {
        const scope = path === 'Trades' || path === 'OHLC' ? pairOf(address, params['pair']) : address;
        return [{ meter: publicCalls, scope, amount: 1 }];
      }
      const open: Charge = { meter: door, scope: accountOf(key), amount: 0 };
      if (path === 'AddOrder') return [open, { meter: engine, scope: pairOf(key, params['pair']), amount: 1 }];
      if (cancels.has(path)) return [open];
      return [open, { meter: calls, scope: key, amount: history.has(path) ? 2 : 1 }];
    },
    corrections: () => [],
    pausedScope: ({ code }, { api, params }, { address, key }) => {
      if (code.startsWith('EGeneral:Temporary lockout')) return accountOf(key);
      if (code.startsWith('EOrder:')) return pairOf(key, params['pair']);
      return api === 'public' ? address : key;
    },
  };
}

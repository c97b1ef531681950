import type { KrakenTier } from '../settings.ts';
import { KrakenError } from './errors.ts';

type Tier = Readonly<{ most: number; fallPerSecond: number; engineMost: number; engineFallPerSecond: number }>;

const tiers: Readonly<Record<KrakenTier, Tier>> = {
  starter: { most: 15, fallPerSecond: 0.33, engineMost: 60, engineFallPerSecond: 1 },
  intermediate: { most: 20, fallPerSecond: 0.5, engineMost: 125, engineFallPerSecond: 2.34 },
  pro: { most: 20, fallPerSecond: 1, engineMost: 180, engineFallPerSecond: 3.75 },
};

/** What each private method adds to a key's counter; adding and cancelling have the engine's counter instead. */
const free = new Set([
  'AddOrder',
  'AddOrderBatch',
  'AmendOrder',
  'CancelOrder',
  'CancelOrderBatch',
  'CancelAll',
  'CancelAllOrdersAfter',
]);
const history = new Set(['TradesHistory', 'Ledgers', 'ClosedOrders', 'QueryTrades', 'QueryLedgers']);

/** Public calls of an address: about one a second, several at once at first; those of these two count by pair. */
const publicMost = 15;
const publicFallPerSecond = 1;
const byPair = new Set(['Trades', 'OHLC']);

export type PublicCall = Readonly<{ ip: string; method: string; pair: string; wireMs: number }>;

/** Cost of cancelling an order by its age in seconds. */
const cancelCosts = [
  [5, 8],
  [10, 6],
  [15, 5],
  [45, 4],
  [90, 2],
  [300, 1],
] as const;

export type KrakenLimiter = Readonly<{
  /** A public REST call; throws when its counter is over its most. */
  publicCall(call: PublicCall): void;
  /** A private REST call; throws when the key's counter is over its most. */
  call(key: string, method: string, wireMs: number): void;
  /** An order on a pair, or the cancel of one of that age. */
  add(account: string, pair: string, wireMs: number): void;
  cancel(account: string, pair: string, times: Readonly<{ ageMs: number; wireMs: number }>): void;
  /** Locks an address or an account out. */
  ban(who: string, untilMs: number): void;
  /** Throws for an address or an account that is locked out. */
  admit(who: string, wireMs: number): void;
}>;

/** Counters that rise with each call and fall with time. */
export function createKrakenLimiter(tier: KrakenTier, enforced: boolean): KrakenLimiter {
  const { most, fallPerSecond, engineMost, engineFallPerSecond } = tiers[tier];
  const counters = new Map<string, { value: number; atMs: number }>();
  const lockouts = new Map<string, number>();
  const rise = (name: string, by: number, { wireMs, fall }: Readonly<{ wireMs: number; fall: number }>) => {
    const counter = counters.get(name) ?? { value: 0, atMs: wireMs };
    const passedMs = Math.max(0, wireMs - counter.atMs); // the wire's clock may be set back
    const value = Math.max(0, counter.value - (passedMs / 1000) * fall) + by;
    counters.set(name, { value, atMs: wireMs });
    return value;
  };
  return {
    publicCall: ({ ip, method, pair, wireMs }) => {
      const name = byPair.has(method) ? `${ip} public ${pair}` : `${ip} public`;
      const value = rise(name, 1, { wireMs, fall: publicFallPerSecond });
      if (!enforced || value <= publicMost) return;
      rise(name, -1, { wireMs, fall: publicFallPerSecond });
      throw new KrakenError('EGeneral:Too many requests');
    },
    call: (key, method, wireMs) => {
      if (free.has(method)) return;
      const value = rise(key, history.has(method) ? 2 : 1, { wireMs, fall: fallPerSecond });
      if (enforced && value > most) throw new KrakenError('EAPI:Rate limit exceeded');
    },
    add: (account, pair, wireMs) => {
      const value = rise(`${account} ${pair}`, 1, { wireMs, fall: engineFallPerSecond });
      if (enforced && value > engineMost) throw new KrakenError('EOrder:Rate limit exceeded');
    },
    // Cancels count but are not refused: they reduce risk.
    cancel: (account, pair, { ageMs, wireMs }) => {
      const cost = cancelCosts.find(([age]) => ageMs < age * 1000)?.[1] ?? 0;
      rise(`${account} ${pair}`, cost, { wireMs, fall: engineFallPerSecond });
    },
    ban: (who, untilMs) => lockouts.set(who, untilMs),
    admit: (who, wireMs) => {
      if (wireMs < (lockouts.get(who) ?? 0)) throw new KrakenError('EGeneral:Temporary lockout');
    },
  };
}

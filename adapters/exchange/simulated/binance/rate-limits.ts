import { BinanceError } from './errors.ts';

/** Limits of a Binance API: weight a minute and IP, orders in two windows an account. */
export type BinanceLimits = Readonly<{
  weightPerMinute: number;
  orderWindows: readonly Readonly<{
    header: string;
    interval: string;
    intervalNum: number;
    ms: number;
    limit: number;
  }>[];
}>;

export const spotLimits: BinanceLimits = {
  weightPerMinute: 6000,
  orderWindows: [
    { header: 'x-mbx-order-count-10s', interval: 'SECOND', intervalNum: 10, ms: 10_000, limit: 100 },
    { header: 'x-mbx-order-count-1d', interval: 'DAY', intervalNum: 1, ms: 86_400_000, limit: 200_000 },
  ],
};

export const usdmLimits: BinanceLimits = {
  weightPerMinute: 2400,
  orderWindows: [
    { header: 'x-mbx-order-count-10s', interval: 'SECOND', intervalNum: 10, ms: 10_000, limit: 300 },
    { header: 'x-mbx-order-count-1m', interval: 'MINUTE', intervalNum: 1, ms: 60_000, limit: 1200 },
  ],
};

type Window = { startMs: number; used: number };

export type RateLimiter = Readonly<{
  /** Counts a request; throws 429, then 418 to whoever goes on. Gives the headers of the answer. */
  request(ip: string, weight: number, wireMs: number): Record<string, string>;
  /** Counts an order; throws -1015. */
  order(account: string, wireMs: number): Record<string, string>;
  /** A ban by hand, of an address or of an account. */
  ban(who: string, untilMs: number): void;
  /** Throws 418 for an account under a ban. */
  account(account: string, wireMs: number): void;
}>;

const firstBanMs = 120_000;
const longestBanMs = 3 * 86_400_000;

export function createRateLimiter(limits: BinanceLimits, enforced: boolean): RateLimiter {
  const weights = new Map<string, Window & { refusals: number }>();
  const bans = new Map<string, { untilMs: number; lengthMs: number }>();
  const orders = new Map<string, Window>();

  return {
    request: (ip, weight, wireMs) => {
      const ban = bans.get(ip);
      if (ban !== undefined && wireMs < ban.untilMs) throw banned(ban.untilMs, wireMs);
      const startMs = wireMs - (wireMs % 60_000);
      const window = count(weights, ip, { startMs, used: 0, refusals: 0 });
      window.used += weight;
      const headers = { 'x-mbx-used-weight': String(window.used), 'x-mbx-used-weight-1m': String(window.used) };
      if (!enforced || window.used <= limits.weightPerMinute) return headers;
      window.refusals += 1;
      // Whoever goes on after ten refusals in a minute is banned, twice as long each time.
      if (window.refusals > 10) {
        const lengthMs = ban === undefined ? firstBanMs : Math.min(longestBanMs, ban.lengthMs * 2);
        bans.set(ip, { untilMs: wireMs + lengthMs, lengthMs });
        throw banned(wireMs + lengthMs, wireMs);
      }
      const retryAfter = Math.ceil((startMs + 60_000 - wireMs) / 1000);
      throw new BinanceError(
        -1003,
        `Too much request weight used; current limit is ${limits.weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
        429,
        { ...headers, 'retry-after': String(retryAfter) },
      );
    },
    order: (account, wireMs) => {
      const headers: Record<string, string> = {};
      for (const { header, ms, limit, interval, intervalNum } of limits.orderWindows) {
        const window = count(orders, `${account} ${header}`, { startMs: wireMs - (wireMs % ms), used: 0 });
        window.used += 1;
        headers[header] = String(window.used);
        if (enforced && window.used > limit) {
          throw new BinanceError(
            -1015,
            `Too many new orders; current limit is ${limit} orders per ${intervalNum} ${interval}.`,
            429,
            headers,
          );
        }
      }
      return headers;
    },
    ban: (who, untilMs) => bans.set(who, { untilMs, lengthMs: firstBanMs }),
    account: (account, wireMs) => {
      const { untilMs = 0 } = bans.get(account) ?? {};
      if (wireMs < untilMs) throw banned(untilMs, wireMs);
    },
  };
}

/** The entry of a key in the window that `fresh` opens. */
function count<Entry extends Window>(map: Map<string, Entry>, key: string, fresh: Entry): Entry {
  const entry = map.get(key);
  if (entry !== undefined && entry.startMs === fresh.startMs) return entry;
  map.set(key, fresh);
  return fresh;
}

const banned = (untilMs: number, wireMs: number) =>
  new BinanceError(
    -1003,
    `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`,
    418,
    { 'retry-after': String(Math.ceil((untilMs - wireMs) / 1000)) },
  );

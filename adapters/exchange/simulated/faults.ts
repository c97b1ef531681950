import type { Prng } from '../../../core/math/prng.ts';

export const faultKinds = [
  'reset-before',
  'hang-before',
  'accept-then-hang',
  'accept-then-reset',
  'accept-then-5xx',
  'accept-then-1007',
  'http',
  'slow',
  'ws-close',
  'ws-half-open',
  'gap',
  'reorder',
  'duplicate',
  'stale',
  'dup-fill',
  'lost-fill',
  'late-fill',
  'bad-json',
  'dup-rows',
  'short-rows',
  'wrong-qty',
  'crossed-book',
  'clock-skew',
  'expire-key',
  'invalidate-token',
  'maintenance',
  'ban',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** What a fault looks at; what is absent matches everything. Texts match as parts, ignoring case. */
export type FaultMatch = Readonly<{
  venue?: string;
  path?: string;
  method?: string;
  stream?: string;
  account?: string;
  symbol?: string;
}>;

/** How a fault strikes; which of these counts is the kind's matter. */
export type FaultArguments = Readonly<{
  /** Delay, ban or skew. */
  ms?: number;
  /** HTTP status, and what it says about coming back. */
  status?: number;
  retryAfter?: number;
  html?: boolean;
  /** Close code of a socket. */
  code?: number;
  /** Kraken's system status. */
  mode?: string;
}>;

export type FaultRequest = Readonly<{
  kind: FaultKind;
  match?: FaultMatch;
  /** Chance at each occasion; 1 where absent. */
  p?: number;
  /** Times it strikes at most. */
  count?: number;
  /** Wire clock, absolute. */
  fromMs?: number;
  toMs?: number;
  args?: FaultArguments;
}>;

export type Fault<Kind extends FaultKind = FaultKind> = FaultRequest & Readonly<{ id: number; kind: Kind }>;

/** One time a fault struck, for /truth. */
export type FaultStrike = Readonly<{ faultId: number; kind: FaultKind; timeMs: number; at: string }>;

export type Faults = Readonly<{
  add(request: FaultRequest): Fault;
  clear(): void;
  list(): readonly Fault[];
  strikes: readonly FaultStrike[];
  /** The first fault of these kinds that strikes here and now; it is counted and logged. */
  strike<Kind extends FaultKind>(kinds: readonly Kind[], occasion: FaultMatch): Fault<Kind> | undefined;
  /** The newest fault of a kind that lasts: it strikes once, with its chance, and stands until it is cleared or over. */
  standing<Kind extends FaultKind>(kind: Kind, occasion: FaultMatch): Fault<Kind> | undefined;
}>;

const strikesLimit = 100_000;

/** Seeded faults: their stream of chance is drawn only where a fault with a chance looks. */
export function createFaults(prng: Prng, wireMs: () => number): Faults {
  let nextId = 1;
  const active = new Map<number, { fault: Fault; left: number; struck?: true }>();
  const strikes: FaultStrike[] = [];
  const fits = ({ match, fromMs = -Infinity, toMs = Infinity }: Fault, occasion: FaultMatch) =>
    matches(match ?? {}, occasion) && wireMs() >= fromMs && wireMs() <= toMs;
  const happens = ({ p }: Fault) => p === undefined || prng.nextFloat() < p;
  const record = ({ id: faultId, kind }: Fault, occasion: FaultMatch) => {
    if (strikes.length < strikesLimit) strikes.push({ faultId, kind, timeMs: wireMs(), at: place(occasion) });
  };
  return {
    add: (request) => {
      const fault = { ...request, id: nextId };
      nextId += 1;
      active.set(fault.id, { fault, left: request.count ?? Infinity });
      return fault;
    },
    clear: () => active.clear(),
    list: () => [...active.values()].map(({ fault }) => fault),
    strikes,
    strike: (kinds, occasion) => {
      if (active.size === 0) return undefined;
      for (const entry of active.values()) {
        const { fault } = entry;
        if (!isOneOf(fault, kinds) || !fits(fault, occasion) || !happens(fault)) continue;
        entry.left -= 1;
        if (entry.left <= 0) active.delete(fault.id);
        record(fault, occasion);
        return fault;
      }
      return undefined;
    },
    standing: (kind, occasion) => {
      for (const entry of [...active.values()].toReversed()) {
        const { fault } = entry;
        if (!isOneOf(fault, [kind]) || !fits(fault, occasion)) continue;
        if (entry.struck === true) return fault;
        if (!happens(fault)) {
          active.delete(fault.id);
          continue;
        }
        entry.struck = true;
        record(fault, occasion);
        return fault;
      }
      return undefined;
    },
  };
}

const isOneOf = <Kind extends FaultKind>(fault: Fault, kinds: readonly Kind[]): fault is Fault<Kind> =>
  (kinds as readonly FaultKind[]).includes(fault.kind);

function matches(match: FaultMatch, occasion: FaultMatch): boolean {
  return (Object.keys(match) as (keyof FaultMatch)[]).every((key) => {
    const wanted = match[key];
    return wanted === undefined || (occasion[key] ?? '').toLowerCase().includes(wanted.toLowerCase());
  });
}

const place = ({ venue, method, path, stream, account, symbol }: FaultMatch) =>
  [venue, method, path, stream, account, symbol].filter((part) => part !== undefined && part !== '').join(' ');

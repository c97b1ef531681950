/**
 * A count that begins anew with each window of the venue's clock (Binance), or one that rises with use and falls with
 * time (Kraken).
 */
export type Meter =
  | Readonly<{ kind: 'window'; name: string; limit: number; windowMs: number }>
  | Readonly<{ kind: 'falling'; name: string; limit: number; fallPerSecond: number }>;

/** What one request takes from a meter; `scope` is whose meter: an address's, a key's, a pair's. */
export type Charge = Readonly<{
  meter: Meter;
  scope: string;
  amount: number;
  /** The venue's clock minus this machine's monotonic one, by which its windows begin; 0 where it is not known. */
  shiftMs?: number;
}>;

/** How a meter stood when it was last touched. */
export type Level = Readonly<{ used: number; atMs: number }>;

/** How a meter stands now. */
export function levelNow(
  { meter, shiftMs = 0 }: Pick<Charge, 'meter' | 'shiftMs'>,
  level: Level | undefined,
  nowMs: number,
): number {
  if (level === undefined) return 0;
  if (meter.kind === 'falling') return Math.max(0, level.used - ((nowMs - level.atMs) / 1000) * meter.fallPerSecond);
  return windowOf(meter, level.atMs + shiftMs) === windowOf(meter, nowMs + shiftMs) ? level.used : 0;
}

/** How long until the charge fits under `limit` where so much is used; 0 when it does now. */
export function waitFor(
  { meter, amount, shiftMs = 0 }: Charge,
  { used, limit, nowMs }: Readonly<{ used: number; limit: number; nowMs: number }>,
): number {
  const over = used + amount - limit;
  if (over <= 0) return 0;
  if (meter.kind === 'falling') return Math.ceil((over / meter.fallPerSecond) * 1000);
  return Math.ceil((windowOf(meter, nowMs + shiftMs) + 1) * meter.windowMs - (nowMs + shiftMs));
}

const windowOf = ({ windowMs }: Readonly<{ windowMs: number }>, ms: number) => Math.floor(ms / windowMs);

import type { Tier } from './verdict.ts';

/** A share that was counted, with its 95 % interval. */
export type Rate = Readonly<{ passed: number; of: number; rate: number; low: number; high: number }>;

/** What the simulation of the ladder found for one kind of strategy (bench/gate-power). */
export type GatePowerCell = Readonly<{
  name: string;
  /** True annual Sharpe ratio after costs; `none` has no edge and loses its costs. */
  sharpe: number | 'none';
  /** What the strategy leaves to a sweep. */
  freedom: string;
  strategies: number;
  /** Strategies that one family tries; then `ladder` counts families of which one passed. */
  variants?: number;
  /** From L0 to L3. */
  ladder: Rate;
  /** Of those that reach a tier, who passes it; and which rows stop the others (one may fail several). */
  tiers: Readonly<Partial<Record<Tier, Rate & Readonly<{ failedBy: Readonly<Record<string, number>> }>>>>;
  seconds: number;
}>;

export type GatePower = Readonly<{
  /** How the strategies were simulated, in words. */
  method: readonly string[];
  cells: readonly GatePowerCell[];
}>;

/** 95 % interval of a share by Wilson (1927), which keeps its promise for shares near 0 too. */
export function binomialInterval(passed: number, of: number): Readonly<{ low: number; high: number }> {
  if (of === 0) return { low: 0, high: 1 };
  const z = 1.959963984540054;
  const share = passed / of;
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const reach = (z / (1 + (z * z) / of)) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return { low: passed === 0 ? 0 : centre - reach, high: passed === of ? 1 : centre + reach };
}

import type { TierThresholds } from './thresholds.ts';
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
  /** The thresholds that the ladder had; those of other ladders pass other shares. */
  thresholds: TierThresholds;
  /** Set by whoever reads them where the thresholds that are loaded are others. */
  isOfOtherThresholds?: true;
}>;

/** Whether rates were measured with these thresholds; Monte-Carlo runs decide nothing and were left out. */
export function measuredWith({ thresholds }: Pick<GatePower, 'thresholds'>, now: TierThresholds): boolean {
  return deciding(thresholds) === deciding(now);
}

function deciding({ L0, L1, L2, L3 }: TierThresholds): string {
  const { monteCarloRuns: _runs, monteCarloBlockWeeks: _weeks, ...rest } = L2;
  return JSON.stringify([L0, L1, rest, L3].map((tier) => Object.entries(tier).toSorted(byKey)));
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

/** Rows that ask what was chosen, and pass anything that left nothing to choose. */
const asksForChoice: ReadonlySet<string> = new Set(['pbo', 'plateau']);

/**
 * How many of the strategies without an edge that just earn their costs pass a row, of those that reach its tier:
 * counted in the simulation, where the formula of a test (if there is one) takes them as they come. Of rows about a
 * choice, among strategies with nine points to choose from.
 */
export function worthlessPast({ cells }: Pick<GatePower, 'cells'>, tier: Tier, row: string): Rate | undefined {
  const freedom = asksForChoice.has(row) ? 'near' : 'fixed';
  const cell = cells.find((each) => each.sharpe === 0 && each.freedom === freedom && each.variants === undefined);
  const reached = cell?.tiers[tier];
  if (reached === undefined || reached.of === 0) return undefined;
  const { of } = reached;
  const passed = of - (reached.failedBy[row] ?? 0);
  return { passed, of, rate: passed / of, ...binomialInterval(passed, of) };
}

/** 95 % interval of a share by Wilson (1927), which keeps its promise for shares near 0 too. */
export function binomialInterval(passed: number, of: number): Readonly<{ low: number; high: number }> {
  if (of === 0) return { low: 0, high: 1 };
  const z = 1.959963984540054;
  const share = passed / of;
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const reach = (z / (1 + (z * z) / of)) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return { low: passed === 0 ? 0 : centre - reach, high: passed === of ? 1 : centre + reach };
}

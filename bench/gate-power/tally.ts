import { tiers, type Tier } from '../../core/validation/verdict.ts';
import type { GatePowerCell, Rate } from '../../core/validation/gate-power.ts';
import { binomialInterval } from '../../core/validation/gate-power.ts';
import type { Cell, Fate } from './cells.ts';

/** Rates of a cell: how many strategies reach and pass each tier, how many families pass, and which rows stop them. */
export function tally(cell: Cell, fates: readonly Fate[], seconds: number): GatePowerCell {
  const climbs = fates.flatMap((fate) => fate.climbs);
  const families = fates.filter((fate) => fate.climbs.some(({ passed }) => passed)).length;
  const reachedAt = (tier: Tier) => climbs.filter(({ reached }) => tiers.indexOf(reached) >= tiers.indexOf(tier));
  return {
    name: cell.name,
    sharpe: cell.sharpe,
    freedom: cell.freedom,
    strategies: climbs.length,
    ...(cell.variants !== undefined && { variants: cell.variants }),
    ladder: rateOf(families, fates.length),
    tiers: Object.fromEntries(
      tiers.map((tier) => {
        const reached = reachedAt(tier);
        const passed = reached.filter((climb) => climb.reached !== tier || climb.passed).length;
        return [tier, { ...rateOf(passed, reached.length), failedBy: failedBy(tier, climbs) }];
      }),
    ),
    seconds,
  };
}

function failedBy(tier: Tier, climbs: readonly Fate['climbs'][number][]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const climb of climbs) {
    if (climb.reached !== tier) continue;
    for (const name of climb.failed) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function rateOf(passed: number, of: number): Rate {
  const { low, high } = binomialInterval(passed, of);
  return { passed, of, rate: of === 0 ? 0 : passed / of, low, high };
}

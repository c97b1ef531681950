import { asyncProperty, check, nat, record } from 'fast-check';
import { planOf, type FaultPlan, type SimPlan } from './plan.ts';
import { simulate } from './simulate.ts';

export type Shrunk = Readonly<{ rule: string; plan: SimPlan; runs: number }>;

/** How many of each thing a smaller plan keeps: legs, groups, a fault's count; of a rate or a switch 1 or nothing. */
type Kept = Readonly<Record<string, number>>;

/** Nothing happens by itself: these only say how. */
const manners: readonly (keyof FaultPlan)[] = ['longestPauseMs', 'queriesLost'];

/** Runs of one shrinking, at most; each takes as long as a seed. */
const mostRuns = 500;

/**
 * The smallest plan of a seed that still breaks the same rule, found by fast-check: fewer legs and groups, and without
 * every fault that it does not take. Undefined where the seed breaks no rule.
 */
export async function shrinkSeed(seed: number, bug?: string): Promise<Shrunk | undefined> {
  const whole = planOf(seed);
  const [first] = (await simulate({ seed, bug })).breaches;
  if (first === undefined) return undefined;
  const { rule } = first;
  let runs = 0;
  const holds = async (kept: Kept): Promise<boolean> => {
    if ((runs += 1) > mostRuns) return true;
    const { breaches } = await simulate({ seed, bug, plan: planWith(whole, kept) });
    return breaches.every((breach) => breach.rule !== rule);
  };
  const most = keptOf(whole);
  const smaller = record(Object.fromEntries(Object.entries(most).map(([name, count]) => [name, nat({ max: count })])));
  const details = await check(asyncProperty(smaller, holds), { numRuns: 1, examples: [[most]] });
  const kept = details.counterexample?.[0] ?? most;
  return { rule, plan: planWith(whole, kept), runs };
}

/** All that a plan has, as counts that can be made smaller. */
function keptOf({ legs, groups, faults }: SimPlan): Kept {
  const counts = Object.entries(faults)
    .filter(([name, value]) => isDrawn(value) && !manners.includes(name as keyof FaultPlan))
    .map(([name, value]) => [name, isCount(value) ? value : 1] as const);
  return { legs: legs - 1, groups, ...Object.fromEntries(counts) };
}

function planWith(whole: SimPlan, kept: Kept): SimPlan {
  const faults = Object.entries(whole.faults).map(([name, value]) => {
    const count = kept[name];
    if (count === undefined) return [name, value];
    if (isCount(value)) return [name, count];
    return [name, count > 0 ? value : typeof value === 'number' ? 0 : undefined];
  });
  return {
    ...whole,
    legs: 1 + (kept.legs ?? 0),
    groups: kept.groups ?? 0,
    faults: Object.fromEntries(faults) as FaultPlan,
  };
}

const isDrawn = (value: unknown): boolean => value !== undefined && value !== false && value !== 0;

/** A small whole number; skews in ms are as large as they are. */
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) <= 10;

/** In a line, without what is not there. */
export function shownPlan({ focus, legs, groups, faultsUntilMs, venue, faults }: SimPlan): string {
  const drawn = Object.fromEntries(Object.entries(faults).filter(([, value]) => isDrawn(value)));
  return JSON.stringify({ focus, legs, groups, faultsUntilMs, venue, faults: drawn });
}

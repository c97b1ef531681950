import { createIdea, type Freedom, holds, type Idea } from './idea.ts';
import { type Calibration, calibrate, edgeFor } from './calibrate.ts';
import { openFamily } from './family.ts';
import { type Climb, climb } from './ladder.ts';
import { simulateBars, simulateScores, simulateShocks, hoursOfHistory } from './simulate.ts';

/** One kind of strategy: how good it truly is, how free its parameters are, and how many are simulated. */
export type Cell = Readonly<{
  name: string;
  /** True annual Sharpe ratio after costs; `none` has no edge at all and loses its costs. */
  sharpe: number | 'none';
  freedom: Freedom;
  strategies: number;
  /** Strategies that one family tries on the same market; it passes when one of them does. Default 1. */
  variants?: number;
}>;

/** How the strategies (or families) of a cell fared. */
export type Fate = Readonly<{ climbs: readonly Climb[] }>;

const ideas = new Map<string, Idea>();
const calibrations = new Map<number, Calibration>();

/** Simulates number `index` of a cell and takes it through the ladder. Depends on nothing but its arguments. */
export async function simulateOne(cell: Cell, index: number): Promise<Fate> {
  const hold = holds[index % holds.length];
  const idea = remembered(ideas, `${hold} ${cell.freedom}`, () => createIdea(hold, cell.freedom));
  const edge =
    cell.sharpe === 'none'
      ? 0
      : edgeFor(
          remembered(calibrations, hold, () => calibrate(hold)),
          cell.sharpe,
        );
  const base = seedOf(cell.name, index);
  const shocks = simulateShocks(hoursOfHistory, base);
  const family = openFamily();
  try {
    const climbs: Climb[] = [];
    for (let variant = 0; variant < (cell.variants ?? 1); variant += 1) {
      const seed = base + variant * 101;
      const bars = simulateBars(shocks, simulateScores(hoursOfHistory, seed), { edge, hold, seed });
      // Every strategy draws its own random numbers, as strategies with other files do.
      const hash = (seed >>> 0).toString(16).padStart(8, '0');
      climbs.push(await climb(idea, bars, family.member(variant, hash)));
    }
    return { climbs };
  } finally {
    family.close();
  }
}

/** FNV-1a of the cell's name and the number in it. */
function seedOf(name: string, index: number): number {
  let hash = 0x811c9dc5;
  for (const byte of `${name} ${index}`) hash = Math.imul(hash ^ (byte.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

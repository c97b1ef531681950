import type { Bars } from '../../market/bars.ts';
import type { Program } from '../../strategy/program.ts';
import type { Sizing } from '../../strategy/strategy.ts';
import { createSizing } from '../sizing.ts';

/** The fraction of the equity for an entry decided at a bar, by the constants that are in memory at that moment. */
export type Fractions = Readonly<{ startPoint: () => void; at: (bar: number) => number }>;

type Memory = Readonly<{ program: Program; constants: Float64Array; bars: Bars }>;

/** Fractions that one lookback has given so far, for a target volatility of 1. */
type Known = Readonly<{ fractions: Float64Array; compute: (bar: number) => number }>;

const notYet = -1;
const keptBytes = 16 * 2 ** 20;

export function createFractions({ method }: Sizing, { program, constants, bars }: Memory): Fractions {
  const place = (field: string): number => program.numbers[`sizing.${field}`] ?? -1;
  if (method !== 'volTarget') {
    const fraction = place('fraction');
    return { startPoint() {}, at: () => constants[fraction] };
  }
  const [annualVol, lookback, maxFraction] = [place('annualVol'), place('lookback'), place('maxFraction')];
  const kept = Math.max(1, Math.floor(keptBytes / bars.timeMs.byteLength));
  const byLookback = new Map<number, Known>();
  let known = create(bars, 2);
  return {
    startPoint() {
      const wanted = constants[lookback];
      known = byLookback.get(wanted) ?? create(bars, wanted);
      byLookback.set(wanted, known);
      for (const oldest of byLookback.keys()) {
        if (byLookback.size <= kept) break;
        byLookback.delete(oldest);
      }
    },
    at(bar) {
      const { fractions, compute } = known;
      if (fractions[bar] === notYet) fractions[bar] = compute(bar);
      return Math.min(constants[maxFraction], constants[annualVol] * fractions[bar]);
    },
  };
}

const create = (bars: Bars, lookback: number): Known => ({
  fractions: new Float64Array(bars.timeMs.length).fill(notYet),
  compute: createSizing({ method: 'volTarget', annualVol: 1, lookback, maxFraction: Infinity }, bars),
});

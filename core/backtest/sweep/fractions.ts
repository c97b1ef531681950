import type { Bars } from '../../market/bars.ts';
import type { Program } from '../../strategy/program.ts';
import type { Sizing } from '../../strategy/strategy.ts';
import { createVolatility, targetFraction } from '../sizing.ts';

/** The fraction of the equity for an entry decided at a bar, by the constants that are in memory at that moment. */
export type Fractions = Readonly<{ startPoint: () => void; at: (bar: number) => number }>;

type Memory = Readonly<{ program: Program; constants: Float64Array; bars: Bars }>;

/** The volatility by one lookback, as far as it was asked for. */
type Known = Readonly<{ volatility: Float64Array; compute: (bar: number) => number }>;

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
      const { volatility, compute } = known;
      if (volatility[bar] === notYet) volatility[bar] = compute(bar);
      return targetFraction(volatility[bar], constants[annualVol], constants[maxFraction]);
    },
  };
}

const create = (bars: Bars, lookback: number): Known => ({
  volatility: new Float64Array(bars.timeMs.length).fill(notYet),
  compute: createVolatility(bars, lookback),
});

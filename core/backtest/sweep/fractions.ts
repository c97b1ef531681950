import type { Bars } from '../../market/bars.ts';
import type { Program } from '../../strategy/program.ts';
import type { Sizing } from '../../strategy/strategy.ts';
import type { BoundSizing, SizeAt } from '../../strategy/strategy-plugins.ts';
import { createVolatility, pluginFraction, targetFraction } from '../sizing.ts';

/** The fraction of the equity for an entry decided at a bar, by the constants that are in memory at that moment. */
export type Fractions = Readonly<{ startPoint: () => void; at: SizeAt }>;

type Memory = Readonly<{
  program: Program;
  constants: Float64Array;
  bars: Bars;
  sizingPlugin: BoundSizing | undefined;
}>;

/** The volatility by one lookback, as far as it was asked for. */
type Known = Readonly<{ volatility: Float64Array; compute: (bar: number) => number }>;

const notYet = -1;
const keptBytes = 16 * 2 ** 20;

export function createFractions({ method }: Sizing, memory: Memory): Fractions {
  const { constants, sizingPlugin } = memory;
  if (sizingPlugin !== undefined) return pluginFractions(sizingPlugin, memory);
  if (method === 'volTarget') return targetFractions(memory);
  const fraction = placeOf(memory, 'fraction');
  return { startPoint() {}, at: () => constants[fraction] };
}

const placeOf = ({ program }: Memory, field: string): number => program.numbers[`sizing.${field}`] ?? -1;

function targetFractions(memory: Memory): Fractions {
  const { constants, bars } = memory;
  const annualVol = placeOf(memory, 'annualVol');
  const lookback = placeOf(memory, 'lookback');
  const maxFraction = placeOf(memory, 'maxFraction');
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

/** A plugin's settings are the same at every point, so each bar is asked once a direction. */
function pluginFractions(plugin: BoundSizing, memory: Memory): Fractions {
  const { constants, bars } = memory;
  const maxFraction = placeOf(memory, 'maxFraction');
  const sizeAt = plugin.create(bars);
  const [longs, shorts] = [sizesOf(bars), sizesOf(bars)];
  return {
    startPoint() {},
    at(bar, direction) {
      const sizes = direction === 1 ? longs : shorts;
      if (sizes.asked[bar] === 0) {
        sizes.asked[bar] = 1;
        sizes.size[bar] = sizeAt(bar, direction);
      }
      return pluginFraction(plugin, sizes.size[bar], constants[maxFraction]);
    },
  };
}

const sizesOf = ({ timeMs }: Bars) => ({
  asked: new Uint8Array(timeMs.length),
  size: new Float64Array(timeMs.length),
});

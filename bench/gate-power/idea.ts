import { checkStrategyText } from '../../adapters/strategy-files/check-strategy.ts';
import type { SweepOptions } from '../../core/backtest/sweep/sweep.ts';
import { type CompiledStrategy, compileStrategy } from '../../core/strategy/compile.ts';
import { scoreZero } from './simulate.ts';

/** Hours that a position is held, by strategy. */
export const holds = [6, 8, 12, 16, 24] as const;
export type Hold = (typeof holds)[number];

/**
 * What a strategy file leaves to a sweep: nothing, the level and the holding time within a quarter of where they are
 * best (9 points), or the two from half to twice (28 points, most of them poor).
 */
export type Freedom = 'fixed' | 'near' | 'wide';

const level = 2.25;

export type Idea = Readonly<{ compiled: CompiledStrategy; options: SweepOptions }>;

/** A strategy file that trades on strong scores, both sides, for a fixed time, at 20 basis points a round trip. */
export function createIdea(hold: Hold, freedom: Freedom): Idea {
  const fixed = freedom === 'fixed';
  const [entry, bars] = fixed ? [level, hold] : ['level', 'hold'];
  const { strategy, errors } = checkStrategyText(`id: STR-900
name: Simulated
hypothesis: A strong score is followed by a drift in its direction, or by nothing.
universe: [SIM/USDT]
timeframe: 1h
${fixed ? '' : parameters(hold, freedom)}features: { score: "volume - ${scoreZero}" }
signals: { enterLong: "score > ${entry}", enterShort: "score < -${entry}" }
exits: { maxBars: ${bars} }
costs: { feeBps: 10, slippageBps: 0 }
`);
  if (strategy === undefined) throw new Error(`the simulated strategy is not valid: ${JSON.stringify(errors)}`);
  return {
    compiled: compileStrategy(strategy),
    options: { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs: strategy.costs },
  };
}

function parameters(hold: Hold, freedom: Freedom): string {
  const wide = freedom === 'wide';
  const step = wide ? hold / 2 : Math.round(hold / 4);
  const levels = wide ? { min: 1.5, max: 3 } : { min: level - 0.25, max: level + 0.25 };
  const times = wide ? { min: hold / 2, max: 2 * hold } : { min: hold - step, max: hold + step };
  return `parameters:
  level: { default: ${level}, min: ${levels.min}, max: ${levels.max}, step: 0.25, role: threshold }
  hold: { default: ${hold}, min: ${times.min}, max: ${times.max}, step: ${step}, role: lookback }
`;
}

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../../adapters/strategy-files/parse-expression.ts';
import { runBacktest } from '../../../../core/backtest/engine.ts';
import type { SizingPlan, TradingPlan } from '../../../../core/backtest/plan.ts';
import { type SweepOptions, sweepResultNames } from '../../../../core/backtest/sweep/sweep.ts';
import { sliceBars } from '../../../../core/market/bars.ts';
import type { MarketInput } from '../../../../core/backtest/types.ts';
import type { Expression } from '../../../../core/strategy/expression.ts';
import { compileStrategy } from '../../../../core/strategy/compile.ts';
import {
  type ParameterValues,
  type SignalName,
  signalNames,
  type Sizing,
  type Strategy,
} from '../../../../core/strategy/strategy.ts';
import { noPlugins, type StrategyPlugins } from '../../../../core/strategy/strategy-plugins.ts';
import { type RandomMarket, randomMarket, randomOptions } from '../random-run.ts';
import { fixtureBars } from '../../../fixture-files.ts';
import { shippedStrategies } from '../../../shipped-strategies.ts';
import { sweepHere } from './sweep-here.ts';

/** A random market tells by its volume (a sum of 1, 2, 4, 8) which of the four signals fire on a bar. */
function withSignalsInVolume({ market, plan }: RandomMarket): Required<MarketInput> {
  const volume = market.bars.volume.map((_, bar) =>
    signalNames.reduce((mask, name, bit) => mask + (plan[name]?.[bar] ?? 0) * 2 ** bit, 0),
  );
  return { ...market, bars: { ...market.bars, volume } };
}

const signalOfVolume = (name: SignalName): Expression => {
  const masks = Array.from({ length: 16 }, (_, mask) => mask).filter((mask) => mask & (1 << signalNames.indexOf(name)));
  return parseTree(masks.map((mask) => `volume == ${mask}`).join(' or '));
};

const number = (value: number): Expression => ({ kind: 'number', at: 1, value });

function strategyOf({ market, plan }: RandomMarket, used: readonly SignalName[]): Strategy {
  const { sizing, exits } = plan;
  return {
    id: 'STR-900',
    name: 'random',
    hypothesis: 'A test.',
    lineage: { source: 'manual' },
    universe: ['A'],
    timeframe: market.bars.timeframe,
    parameters: [],
    constraints: [],
    features: [],
    plugins: [],
    signals: Object.fromEntries(used.map((name) => [name, signalOfVolume(name)])),
    exits: Object.fromEntries(Object.entries(exits).map(([name, value]) => [name, number(value)])),
    sizing: sizingOf(sizing),
    costs: { feeBps: 10, slippageBps: 0 },
  };
}

/** A plan's plugin, under a name of its own. */
const pluginsOf = ({ sizing }: TradingPlan): StrategyPlugins => ({
  series: new Map(),
  sizing: new Map(sizing.method === 'plugin' ? [['planned', { id: 'planned', bind: () => sizing.plugin }]] : []),
});

function sizingOf(plan: SizingPlan): Sizing {
  switch (plan.method) {
    case 'fraction':
      return { method: 'fraction', fraction: number(plan.fraction) };
    case 'volTarget':
      return {
        method: 'volTarget',
        annualVol: number(plan.annualVol),
        lookback: number(plan.lookback),
        maxFraction: number(plan.maxFraction),
      };
    case 'plugin':
      return { method: 'plugin', plugin: 'planned', params: {}, maxFraction: number(plan.maxFraction) };
    default:
      return plan satisfies never;
  }
}

/** A value of every parameter that a sweep could take, by shares of the way from min to max. */
function randomParameters({ parameters }: Strategy, shares: Iterator<number>): ParameterValues {
  const values = parameters.map(({ name, min, max, step }) => {
    const share = Number(shares.next().value);
    return [name, Math.min(max, min + Math.round((share * (max - min)) / step) * step)] as const;
  });
  return Object.fromEntries(values);
}

/** At least one way in. */
const usedSignals = fc
  .subarray([...signalNames])
  .filter((names) => names.includes('enterLong') || names.includes('enterShort'));

type Compared = Readonly<{ strategy: Strategy; plugins?: StrategyPlugins; set?: ParameterValues }>;

const comparedOf = (random: RandomMarket, used: readonly SignalName[]): Compared => ({
  strategy: strategyOf(random, used),
  plugins: pluginsOf(random.plan),
});

/** Results in which one point of a sweep and the event engine differ by more than rounding. */
function differences(
  { strategy, plugins = noPlugins, set = {} }: Compared,
  markets: readonly MarketInput[],
  options: SweepOptions,
): string[] {
  const { results } = sweepHere(strategy, markets, options, { grid: [], set, plugins });
  const { metrics, finalEquity } = runBacktest(compileStrategy(strategy, plugins), markets, {
    ...options,
    parameters: set,
  });
  const expected = { ...metrics, finalEquity };
  return sweepResultNames
    .filter((name) => !near(results[name][0], expected[name] ?? NaN))
    .map((name) => `${name} ${results[name][0]}, event engine ${expected[name]}`);
}

const near = (actual: number, expected: number): boolean =>
  Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));

describe('the sweep and the event engine mean the same', () => {
  test.each(shippedStrategies())('for $id on recorded bars, at random parameters', ({ strategy }) => {
    const markets = [{ bars: sliceBars(fixtureBars('ohlcv/BTC-USDT-1h.csv', 'BTC/USDT', '1h'), 0, 2_000) }];
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), randomOptions, (shares, options) => {
        const set = randomParameters(strategy, shares);
        fc.pre(compileStrategy(strategy).brokenConstraint(set) === undefined);
        expect(differences({ strategy, set }, markets, options)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  test('on one market with funding', () => {
    fc.assert(
      fc.property(randomMarket('A'), usedSignals, randomOptions, (random, used, options) => {
        expect(differences(comparedOf(random, used), [withSignalsInVolume(random)], options)).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  test('on one market without funding', () => {
    fc.assert(
      fc.property(randomMarket('A', '4h'), usedSignals, randomOptions, (random, used, options) => {
        expect(differences(comparedOf(random, used), [{ bars: withSignalsInVolume(random).bars }], options)).toEqual(
          [],
        );
      }),
      { numRuns: 600 },
    );
  });

  test('on several markets of different spans', () => {
    const markets = fc.array(randomMarket('A', '8h'), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(markets, usedSignals, randomOptions, (list, used, options) => {
        expect(differences(comparedOf(list[0], used), list.map(withSignalsInVolume), options)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

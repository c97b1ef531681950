import * as fc from 'fast-check';
import type { SizingPlan, TradingPlan } from '../../../core/backtest/plan.ts';
import type { BacktestOptions, MarketInput } from '../../../core/backtest/types.ts';
import { type Timeframe, timeframeMs } from '../../../core/market/timeframe.ts';
import type { BoundSizing } from '../../../core/strategy/strategy-plugins.ts';
import { strategyPlugins } from '../../../plugins/strategy/catalogue.ts';

/** Random walk with ties, gaps between bars and holes in time; wild enough to ruin shorts. */
const steps = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0, 0, 0.02, -0.02, 0.3, -0.25, 1.5),
    body: fc.double({ min: -0.2, max: 0.25, noNaN: true }),
    up: fc.double({ min: 0, max: 0.1, noNaN: true }),
    down: fc.double({ min: 0, max: 0.1, noNaN: true }),
    missed: fc.constantFrom(0, 0, 0, 0, 0, 3),
    rate: fc.double({ min: -0.003, max: 0.003, noNaN: true }),
    signals: fc.tuple(...Array.from({ length: 4 }, () => fc.constantFrom(0, 0, 1))),
  }),
  { minLength: 1, maxLength: 60 },
);

const level = (max: number) => fc.option(fc.double({ min: 0.01, max, noNaN: true }), { nil: undefined });

const exits = fc.record({
  stopLoss: level(0.9),
  takeProfit: level(0.9),
  trailingStop: level(0.9),
  maxBars: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
});

/** Every sizing plugin, warm within the few bars of a random market. */
const pluginSizings: readonly (readonly [id: string, params: object])[] = [
  ['risk_vol_target', { targetVol: 20, annualisation: 8760, halfLife: 3, minObs: 2, maxLeverage: 3 }],
  ['risk_cvar_size', { cvarBudget: 0.1, confidence: 0.9, maxSize: 2 }],
  ['risk_frac_kelly_atten', { fraction: 1, maxFraction: 2 }],
  ['risk_drawdown_derisk', { maxDrawdown: 0.5, haltAtLimit: false, maxStepUp: 0.3 }],
];

function boundSizing(id: string, params: object): BoundSizing {
  const plugin = strategyPlugins.sizing.get(id);
  if (plugin === undefined) throw new Error(`no sizing plugin ${id}`);
  return plugin.bind({ ...params }, '1h');
}

const sizing: fc.Arbitrary<SizingPlan> = fc.oneof(
  fc.record({ method: fc.constant('fraction' as const), fraction: fc.double({ min: 0.1, max: 3, noNaN: true }) }),
  fc.record({
    method: fc.constant('volTarget' as const),
    annualVol: fc.double({ min: 0.5, max: 20, noNaN: true }),
    lookback: fc.integer({ min: 2, max: 5 }),
    maxFraction: fc.constant(2),
  }),
  fc
    .constantFrom(...pluginSizings)
    .map(([id, params]) => ({ method: 'plugin' as const, plugin: boundSizing(id, params), maxFraction: 1.5 })),
);

export type RandomMarket = Readonly<{ market: Required<MarketInput>; plan: TradingPlan }>;

export const randomMarket = (symbol: string, timeframe: Timeframe = '1h'): fc.Arbitrary<RandomMarket> =>
  fc.tuple(steps, exits, sizing).map(([walk, exitRates, sizingPlan]) => {
    const size = walk.length;
    const columns = Array.from({ length: 6 }, () => new Float64Array(size));
    const [timeMs, open, high, low, close, volume] = columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const signals = Array.from({ length: 4 }, (_, signal) =>
      Uint8Array.from(walk, (step) => step.signals[signal] ?? 0),
    );
    let [time, last] = [0, 100];
    for (const [bar, { gap, body, up, down, missed }] of walk.entries()) {
      time += (missed + 1) * timeframeMs[timeframe];
      timeMs[bar] = time;
      open[bar] = last * (1 + gap);
      last = (open[bar] ?? 0) * (1 + body);
      close[bar] = last;
      high[bar] = Math.max(open[bar] ?? 0, last) * (1 + up);
      low[bar] = Math.min(open[bar] ?? 0, last) * (1 - down);
    }
    const given = Object.entries(exitRates).filter(([, value]) => value !== undefined);
    const [enterLong, exitLong, enterShort, exitShort] = signals as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    return {
      market: {
        bars: { symbol, timeframe, timeMs, open, high, low, close, volume },
        funding: { symbol, timeMs: timeMs.slice(), rate: Float64Array.from(walk, ({ rate }) => rate) },
      },
      plan: { enterLong, exitLong, enterShort, exitShort, exits: Object.fromEntries(given), sizing: sizingPlan },
    };
  });

export const randomOptions: fc.Arbitrary<BacktestOptions> = fc.record({
  fill: fc.constantFrom('nextOpen' as const, 'close' as const),
  startEquity: fc.constant(10_000),
  closeAtEnd: fc.boolean(),
  returns: fc.constantFrom('daily' as const, 'bar' as const),
  costs: fc.record({
    feeBps: fc.double({ min: 0, max: 50, noNaN: true }),
    slippageBps: fc.double({ min: 0, max: 50, noNaN: true }),
  }),
  parameters: fc.constant({}),
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBacktest } from '../../../core/backtest/engine.ts';
import { type SweepOptions, sweepResultNames } from '../../../core/backtest/sweep/sweep.ts';
import { sliceBars } from '../../../core/market/bars.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import type { SavedState } from '../../../core/strategy/functions/series-function.ts';
import { startRun } from '../../../core/strategy/live-run.ts';
import { strategyColumns } from '../../../core/strategy/look-ahead.ts';
import { parameterValues, signalNames } from '../../../core/strategy/strategy.ts';
import type { SeriesPlugin, StrategyPlugins } from '../../../core/strategy/strategy-plugins.ts';
import { gatherEvidence } from '../../../core/validation/leaks/evidence.ts';
import { strategyPlugins } from '../../../plugins/strategy/catalogue.ts';
import { sweepHere } from '../../core/backtest/sweep/sweep-here.ts';
import { fixtureBars } from '../../fixture-files.ts';
import { pluginStrategyText, strategyOf } from './plugin-strategy.ts';

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 1_500);
const strategy = strategyOf(pluginStrategyText);
const compiled = compileStrategy(strategy, strategyPlugins);

const options: SweepOptions = {
  fill: 'nextOpen',
  startEquity: 10_000,
  closeAtEnd: true,
  returns: 'daily',
  costs: { feeBps: 5, slippageBps: 1 },
};

test('the strategy trades both ways', () => {
  const { trades } = runBacktest(compiled, [{ bars }], { ...options, parameters: {} });
  expect(trades.filter(({ side }) => side === 'long').length).toBeGreaterThan(5);
  expect(trades.filter(({ side }) => side === 'short').length).toBeGreaterThan(5);
});

const throughJson = (state: SavedState): SavedState => JSON.parse(JSON.stringify(state)) as SavedState;

test('bar by bar, saved through JSON at any cut, it says what the batch says, to the bit', () => {
  const part = sliceBars(bars, 0, 400);
  const batch = compiled.evaluate(part, {});
  fc.assert(
    fc.property(fc.array(fc.nat(399), { maxLength: 4 }), (cuts) => {
      let run = startRun(compiled, {});
      for (let bar = 0; bar < 400; bar += 1) {
        if (cuts.includes(bar)) run = startRun(compiled, {}, throughJson(run.save()));
        const { timeMs, open, high, low, close, volume } = part;
        const said = run.next({
          timeMs: timeMs[bar] ?? NaN,
          open: open[bar] ?? NaN,
          high: high[bar] ?? NaN,
          low: low[bar] ?? NaN,
          close: close[bar] ?? NaN,
          volume: volume[bar] ?? NaN,
        });
        for (const name of signalNames) expect(said[name]).toBe(batch[name]?.[bar] === 1);
        expect(said.forecast).toBe(batch.forecast?.[bar]);
      }
    }),
    { numRuns: 6 },
  );
});

test('a state of other settings is refused', () => {
  const other = strategyOf(pluginStrategyText.replace('lambda: 0.9', 'lambda: 0.91'));
  const state = startRun(compileStrategy(other, strategyPlugins), {}).save();
  expect(() => startRun(compiled, {}, state)).toThrow(/saved state/);
});

test('nothing in it looks ahead', () => {
  const columns = strategyColumns(strategy, parameterValues(strategy), strategyPlugins);
  expect(Object.keys(columns(sliceBars(bars, 0, 5))).filter((name) => name.startsWith('plugins.'))).toHaveLength(14);
  expect(gatherEvidence(columns, bars, { cuts: 12 })).toEqual({ cut: [], noise: [] });
});

test('every point of a sweep is its backtest', () => {
  const grid = [
    { name: 'pause', values: [1, 2, 4] },
    { name: 'calm', values: [0.8, 1.2, 1.6] },
  ];
  const { parameters, results } = sweepHere(strategy, [{ bars }], options, { grid, plugins: strategyPlugins });
  expect(new Set(results.finalEquity).size).toBe(9);
  for (const [row, pause] of (parameters['pause'] ?? []).entries()) {
    const set = { pause, calm: parameters['calm']?.[row] ?? NaN };
    const { metrics, finalEquity } = runBacktest(compiled, [{ bars }], { ...options, parameters: set });
    const expected = { ...metrics, finalEquity };
    for (const name of sweepResultNames) expect([name, results[name][row]]).toEqual([name, near(expected[name])]);
  }
});

const near = (value: number | undefined) =>
  value === undefined ? NaN : expect.closeTo(value, value === 0 ? 12 : 9 - Math.ceil(Math.log10(Math.abs(value))));

/** The plugins, and how often a series of each was computed. */
function counted(): Readonly<{ plugins: StrategyPlugins; runs: Map<string, number> }> {
  const runs = new Map<string, number>();
  const series = [...strategyPlugins.series.values()].map((plugin): SeriesPlugin => ({
    ...plugin,
    bind(params) {
      const bound = plugin.bind(params);
      return {
        ...bound,
        create(saved) {
          runs.set(plugin.id, (runs.get(plugin.id) ?? 0) + 1);
          return bound.create(saved);
        },
      };
    },
  }));
  return { plugins: { ...strategyPlugins, series: new Map(series.map((plugin) => [plugin.id, plugin])) }, runs };
}

test('a sweep computes a series once for all points that bind it alike', () => {
  const { plugins, runs } = counted();
  const grid = [
    { name: 'calm', values: [0.8, 1, 1.2, 1.6] },
    { name: 'pause', values: [1, 2, 3] },
  ];
  sweepHere(strategy, [{ bars }], options, { grid, plugins });
  expect(Object.fromEntries(runs)).toEqual({
    fe_kalman: 1,
    fe_garch: 3,
    fe_fracdiff: 1,
    fe_wavelet: 1,
    fe_entropy: 1,
  });
});

test('aliases of the same settings and input share one series', () => {
  const { plugins, runs } = counted();
  const text = pluginStrategyText
    .replace(
      'signals:',
      '  again: { plugin: fe_entropy, params: { measures: [permutation], window: 20 }, input: { series: returns } }\nsignals:',
    )
    .replace('> 0.99', '> 0.99 or again.permutation > 0.995');
  compileStrategy(strategyOf(text), plugins).evaluate(bars, {});
  expect(runs.get('fe_entropy')).toBe(1);
});

test('without the plugins it is refused by name', () => {
  expect(() => compileStrategy(strategy)).toThrow(
    expect.objectContaining({ code: 'BadInput', place: { path: 'sizing.plugin' } }),
  );
  const { sizing: _, ...rest } = strategy;
  const unsized = { ...rest, sizing: strategyOf(pluginStrategyText.replace(/sizing:[\s\S]*/, '')).sizing };
  expect(() => compileStrategy(unsized)).toThrow(
    expect.objectContaining({
      message: 'no series plugin fe_kalman is known',
      place: { path: 'plugins.trend.plugin' },
    }),
  );
});
test('what a series refuses while it runs is named by its place in the file', () => {
  const text = pluginStrategyText.replace('"roc(close, pause)"', 'close');
  expect(() => compileStrategy(strategyOf(text), strategyPlugins).evaluate(bars, {})).toThrow(
    expect.objectContaining({
      code: 'BadInput',
      message: 'fe_garch: looks like percent',
      place: expect.objectContaining({ path: 'plugins.vol.input.returns' }),
    }),
  );
});

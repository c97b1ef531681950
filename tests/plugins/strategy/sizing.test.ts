import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../../core/backtest/engine.ts';
import { createSizing } from '../../../core/backtest/sizing.ts';
import { type Bars, sliceBars } from '../../../core/market/bars.ts';
import { createPrng } from '../../../core/math/prng.ts';
import { nextNormal } from '../../../core/venue/substreams.ts';
import { type Timeframe, timeframeMs, timeframes } from '../../../core/market/timeframe.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import type { BoundSizing } from '../../../core/strategy/strategy-plugins.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { strategyPlugins } from '../../../plugins/strategy/catalogue.ts';
import { fixtureBars } from '../../fixture-files.ts';
import { near } from '../../near.ts';
import { strategyOf } from './plugin-strategy.ts';

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 300);
const returns = Array.from({ length: 299 }, (_, i) => (bars.close[i + 1] ?? NaN) / (bars.close[i] ?? NaN) - 1);

const settings: Readonly<Record<string, Record<string, unknown>>> = {
  risk_vol_target: { targetVol: 0.6, annualisation: 8760, halfLife: 20 },
  risk_cvar_size: { cvarBudget: 0.01, confidence: 0.95 },
  risk_frac_kelly_atten: { fraction: 0.5, maxFraction: 3 },
  risk_drawdown_derisk: { maxDrawdown: 0.12, softStart: 0.01, coolOffMs: 36_000_000 },
};

function bound(id: string, params = settings[id] ?? {}, timeframe: Timeframe = '1h'): BoundSizing {
  const plugin = strategyPlugins.sizing.get(id);
  if (plugin === undefined) throw new Error(`no sizing plugin ${id}`);
  return plugin.bind(params, timeframe);
}

const ids = Object.keys(settings);

test('every sizing plugin is tried', () => {
  expect(ids).toEqual([...strategyPlugins.sizing.keys()]);
});

describe('is the plugin, asked with the close returns up to the bar', () => {
  const asked = [20, 21, 45, 150, 299];

  test.each(asked)('risk_vol_target at bar %i', (bar) => {
    const output = runPlugin(
      'risk_vol_target',
      { returns: returns.slice(0, bar) },
      { params: settings['risk_vol_target'] as never },
    );
    const size = bound('risk_vol_target').create(bars);
    expect(size(bar, 1)).toBeCloseTo(output.leverage, 12);
    expect(size(bar, -1)).toBe(size(bar, 1));
  });

  test.each(asked)('risk_cvar_size at bar %i, by the losses of each side', (bar) => {
    const given = { returns: returns.slice(0, bar) };
    const params = settings['risk_cvar_size'] as never;
    const size = bound('risk_cvar_size').create(bars);
    expect(size(bar, 1)).toBe(runPlugin('risk_cvar_size', { ...given, side: 'long' }, { params }).size);
    expect(size(bar, -1)).toBe(-runPlugin('risk_cvar_size', { ...given, side: 'short' }, { params }).size);
  });

  test.each(['historical', 'fhs', 'gaussian', 'evt'])('risk_cvar_size by method %s', (method) => {
    const params = { ...settings['risk_cvar_size'], method, horizon: 3 };
    const size = bound('risk_cvar_size', params).create(bars);
    for (const bar of [60, 299]) {
      for (const [side, direction] of [
        ['long', 1],
        ['short', -1],
      ] as const) {
        const input = { returns: returns.slice(0, bar), side };
        expect(size(bar, direction) * direction).toBe(
          runPlugin('risk_cvar_size', input, { params: params as never }).size,
        );
      }
    }
  });

  test.each(asked)('risk_frac_kelly_atten at bar %i', (bar) => {
    const seen = returns.slice(0, bar);
    const mean = seen.reduce((sum, value) => sum + value, 0) / bar;
    const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (bar - 1);
    const bet = {
      mode: 'continuous',
      expectedReturn: mean,
      volatility: Math.sqrt(variance),
      observations: bar,
    } as const;
    const { size: expected } = runPlugin('risk_frac_kelly_atten', bet, {
      params: settings['risk_frac_kelly_atten'],
    });
    const size = bound('risk_frac_kelly_atten').create(bars);
    expect(near(size(bar, 1), expected)).toBe(true);
    expect(size(bar, -1)).toBe(-size(bar, 1));
  });

  test.each(asked)('risk_drawdown_derisk at bar %i', (bar) => {
    const equity = Array.from(bars.close.subarray(0, bar + 1), (value, i) => ({ t: bars.timeMs[i] ?? 0, value }));
    const { multiplier } = runPlugin(
      'risk_drawdown_derisk',
      { equity },
      { params: settings['risk_drawdown_derisk'] as never },
    );
    expect(bound('risk_drawdown_derisk').create(bars)(bar, 1)).toBe(multiplier);
  });
});

/** The same bars up to a bar, then others. */
function noisyAfter(bar: number): Bars {
  const close = bars.close.map((value, i) => (i <= bar ? value : value * (1.2 + 0.1 * Math.sin(i))));
  return { ...bars, close };
}

describe('knows nothing of later bars', () => {
  test.each(ids)('%s', (id) => {
    const whole = bound(id).create(bars);
    for (const bar of [0, 1, 2, 19, 20, 47, 180]) {
      for (const direction of [1, -1] as const) {
        const expected = whole(bar, direction);
        expect(bound(id).create(sliceBars(bars, 0, bar + 1))(bar, direction)).toBe(expected);
        expect(bound(id).create(noisyAfter(bar))(bar, direction)).toBe(expected);
      }
    }
  });
});

test.each(ids)('settings are whole: bound again they are the same, %s', (id) => {
  const { params } = bound(id);
  expect(bound(id, JSON.parse(JSON.stringify(params)) as Record<string, unknown>).params).toEqual(params);
});

describe('the fraction lies in 0..maxFraction', () => {
  test.each(ids)('%s', (id) => {
    const fractionAt = createSizing({ method: 'plugin', plugin: bound(id), maxFraction: 0.3 }, bars);
    const fractions = returns
      .flatMap((_, bar) => [fractionAt(bar, 1), fractionAt(bar, -1)])
      .filter((value) => !Number.isNaN(value));
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThanOrEqual(0.3);
    expect(fractions.some((value) => value > 0)).toBe(true);
  });

  test('a multiplier is a share of maxFraction', () => {
    const plugin = bound('risk_drawdown_derisk');
    const at = createSizing({ method: 'plugin', plugin, maxFraction: 0.5 }, bars);
    expect(at(0, 1)).toBe(0.5);
    expect(at(200, 1)).toBe(0.5 * plugin.create(bars)(200, 1));
  });
});

describe('a year has the bars of the timeframe', () => {
  /** Normal returns whose volatility is 0.4 a year. */
  const dailyLike = (timeframe: Timeframe): Bars => {
    const prng = createPrng(7);
    const perBar = 0.4 * Math.sqrt(timeframeMs[timeframe] / (365 * 86_400_000));
    let price = 100;
    const close = Float64Array.from({ length: 4_000 }, () => (price *= 1 + perBar * nextNormal(prng)));
    return { ...bars, timeframe, close, open: close, high: close, low: close };
  };

  test.each(timeframes)('%s bars of volatility 0.4 are scaled by half to reach 0.2', (timeframe) => {
    const size = bound('risk_vol_target', { targetVol: 0.2, halfLife: 1_000 }, timeframe).create(dailyLike(timeframe));
    expect(size(3_999, 1)).toBeCloseTo(0.5, 1);
  });

  test('unless the settings say otherwise, and the file is known by what holds', () => {
    const given = bound('risk_vol_target', { targetVol: 0.2, annualisation: 252 }, '1h');
    expect(given.params).toMatchObject({ annualisation: 252 });
    const sizingOf = (timeframe: string) =>
      strategyOf(`id: STR-900
name: x
hypothesis: y
universe: [ETH/USDT]
timeframe: ${timeframe}
signals: { enterLong: close > 0 }
sizing: { plugin: risk_vol_target, params: { targetVol: 0.5 }, maxFraction: 1 }
`).sizing;
    expect(sizingOf('15m')).toMatchObject({ params: { annualisation: 35_040 } });
    expect(sizingOf('1d')).toMatchObject({ params: { annualisation: 365 } });
  });
});

describe('no size', () => {
  const flat: Bars = { ...bars, close: bars.close.map(() => 100) };

  test.each<[string, string, Bars, number, Record<string, unknown>?]>([
    ['risk_vol_target', 'in its warm-up', bars, 19],
    ['risk_vol_target', 'on a market that does not move, without a floor', flat, 100, { targetVol: 0.6, volFloor: 0 }],
    ['risk_cvar_size', 'with fewer than 20 returns', bars, 19],
    ['risk_cvar_size', 'with too few for its confidence', bars, 30, { cvarBudget: 0.01, confidence: 0.99 }],
    ['risk_frac_kelly_atten', 'with one return', bars, 1],
    ['risk_frac_kelly_atten', 'on a market that does not move', flat, 100],
  ])('%s %s', (...[id, , market, bar, params]) => {
    expect(bound(id, params).create(market)(bar, 1)).toBeNaN();
  });

  test('a bar that doubles the price is no reason to have none', () => {
    const jumped: Bars = { ...bars, close: bars.close.map((value, i) => (i < 50 ? value : value * 3)) };
    expect(bound('risk_vol_target').create(jumped)(60, 1)).toBeGreaterThan(0);
  });

  test('is no entry and counted', () => {
    const strategy = strategyOf(`id: STR-900
name: x
hypothesis: y
universe: [ETH/USDT]
timeframe: 1h
signals: { enterLong: close > 0 }
exits: { maxBars: 1 }
sizing: { plugin: risk_vol_target, params: { targetVol: 0.5, annualisation: 8760, minObs: 100 }, maxFraction: 1 }
`);
    const { counts } = runBacktest(compileStrategy(strategy, strategyPlugins), [{ bars }], {
      fill: 'nextOpen',
      startEquity: 10_000,
      closeAtEnd: true,
      returns: 'bar',
      costs: strategy.costs,
      parameters: {},
    });
    expect(counts).toMatchObject({ noSize: 100, entries: 199 });
  });
});

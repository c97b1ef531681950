import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import { sliceBars } from '../../../core/market/bars.ts';
import type { SavedState } from '../../../core/strategy/functions/series-function.ts';
import { strategyColumns } from '../../../core/strategy/look-ahead.ts';
import type { BoundSeries } from '../../../core/strategy/strategy-plugins.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { gatherEvidence } from '../../../core/validation/leaks/evidence.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { strategyPlugins } from '../../../plugins/strategy/catalogue.ts';
import { fixtureBars } from '../../fixture-files.ts';

/** Each plugin in each of its modes, on the series that it is for. */
const cases: readonly Readonly<{ id: string; of: 'closes' | 'returns'; params: Record<string, unknown> }>[] = [
  { id: 'fe_kalman', of: 'closes', params: { noise: { mode: 'fixed', epsilonVar: 4, levelVar: 0.5 } } },
  {
    id: 'fe_kalman',
    of: 'closes',
    params: { model: 'localLinearTrend', noise: { mode: 'fixed', epsilonVar: 4, levelVar: 0.5, slopeVar: 0.01 } },
  },
  {
    id: 'fe_kalman',
    of: 'closes',
    params: {
      noise: { mode: 'fixed', epsilonVar: 4, levelVar: 0 },
      initial: { kind: 'known', mean: [100], cov: [[25]] },
    },
  },
  { id: 'fe_garch', of: 'returns', params: { variant: 'ewma' } },
  {
    id: 'fe_garch',
    of: 'returns',
    params: { fit: 'none', coefficients: { mu: 1e-4, omega: 1e-6, alpha: 0.08, beta: 0.9 } },
  },
  {
    id: 'fe_garch',
    of: 'returns',
    params: {
      variant: 'igarch',
      fit: 'none',
      dist: 'studentT',
      init: 'sampleVariance',
      coefficients: { mu: 0, omega: 1e-7, alpha: 0.06, beta: 0.94, nu: 5 },
    },
  },
  { id: 'fe_fracdiff', of: 'closes', params: { d: 0.4, threshold: 0.01 } },
  { id: 'fe_fracdiff', of: 'returns', params: { d: 1.3, threshold: 0.01, transform: 'none', correction: 'zeroSum' } },
  { id: 'fe_wavelet', of: 'closes', params: { window: 32 } },
  { id: 'fe_wavelet', of: 'closes', params: { window: 16, wavelet: 'haar', rule: 'hard', level: 2 } },
  { id: 'fe_entropy', of: 'returns', params: { window: 24 } },
  { id: 'fe_entropy', of: 'returns', params: { window: 20, measures: ['lempelZiv', 'sample'], tolerance: 0.01 } },
];

function bound({ id, params }: (typeof cases)[number]): BoundSeries {
  const plugin = strategyPlugins.series.get(id);
  if (plugin === undefined) throw new Error(`no series plugin ${id}`);
  return plugin.bind(params);
}

const named = cases.map((each) => ({ ...each, name: `${each.id} ${JSON.stringify(each.params)}` }));

test('every series plugin is tried', () => {
  expect(new Set(cases.map(({ id }) => id))).toEqual(new Set(strategyPlugins.series.keys()));
});

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 500);
const closes = Float64Array.from(bars.close);
const returns = closes.map((close, i) => (i === 0 ? NaN : close / (closes[i - 1] ?? NaN) - 1));
const seriesOf = { closes, returns };

function batch({ create, outputs }: BoundSeries, input: Float64Array): Float64Array[] {
  const columns = outputs.map(() => new Float64Array(input.length));
  create().advance([input], columns, 0, input.length);
  return columns;
}

const throughJson = (state: SavedState): SavedState => JSON.parse(JSON.stringify(state)) as SavedState;

/** The first place and output at which two runs differ by a bit. */
function firstDifference(a: readonly Float64Array[], b: readonly Float64Array[]): string | undefined {
  for (const [output, column] of a.entries()) {
    for (const [at, value] of column.entries()) {
      if (!Object.is(value, b[output]?.[at])) return `output ${output} at ${at}: ${value} and ${b[output]?.[at]}`;
    }
  }
  return undefined;
}

describe('equals the plugin', () => {
  /** The plugin's own arrays as columns of n values: missing before `first`. */
  const columnOf = (n: number, first: number, values: readonly number[] | undefined): Float64Array => {
    const column = new Float64Array(n).fill(NaN);
    column.set(values ?? [], first);
    return column;
  };

  const expectEqual = (given: BoundSeries, input: Float64Array, expected: Record<string, Float64Array>) => {
    const columns = batch(given, input);
    for (const [name, column] of Object.entries(expected)) {
      expect([name, [...(columns[given.outputs.indexOf(name)] ?? [])]]).toEqual([name, [...column]]);
    }
  };

  test.each(named.filter(({ id }) => id === 'fe_kalman'))('$name', (each) => {
    const n = closes.length;
    const { offset, level, levelVar, slope, slopeVar, gain, innovations } = runPlugin(
      'fe_kalman',
      { series: [...closes] },
      { params: each.params },
    );
    const at = innovations.index[0] ?? 0;
    expectEqual(bound(each), closes, {
      level: columnOf(n, offset, level),
      levelVar: columnOf(n, offset, levelVar),
      ...(slope && { slope: columnOf(n, offset, slope), slopeVar: columnOf(n, offset, slopeVar) }),
      gain: columnOf(n, at, gain),
      innovation: columnOf(n, at, innovations.value),
      innovationVar: columnOf(n, at, innovations.variance),
      standardized: columnOf(n, at, innovations.standardized),
    });
  });

  test.each(named.filter(({ id }) => id === 'fe_garch'))('$name whose first call has 75 returns', (each) => {
    const present = [...returns.subarray(1)];
    const params = each.params as never;
    const first = runPlugin('fe_garch', { returns: present.slice(0, 75) }, { params });
    const rest = runPlugin('fe_garch', { returns: present.slice(75), state: first.state }, { params: {} });
    const joined = (name: 'sigma2' | 'standardized') =>
      columnOf(returns.length, 75, [first[name].at(-1) ?? NaN, ...rest[name]]);
    expectEqual(bound(each), returns, { sigma2: joined('sigma2'), standardized: joined('standardized') });
    const columns = batch(bound(each), returns);
    expect(columns[2]?.at(-1)).toBe(rest.forecast.variance[0]);
  });

  test.each(named.filter(({ id }) => id === 'fe_fracdiff' || id === 'fe_wavelet'))('$name', (each) => {
    const input = seriesOf[each.of];
    const missing = input.findIndex((value) => !Number.isNaN(value));
    const series = [...input.subarray(missing)];
    const { offset = 0, values } = runPlugin(each.id as 'fe_fracdiff', { series }, { params: each.params });
    expectEqual(bound(each), input, { values: columnOf(input.length, missing + offset, values) });
  });

  test.each(named.filter(({ id }) => id === 'fe_entropy'))('$name', (each) => {
    const series = [...returns.subarray(1)];
    const { rolling } = runPlugin('fe_entropy', { series }, { params: each.params });
    const n = returns.length;
    const sample = new Float64Array(n).fill(NaN);
    rolling?.sample?.index.forEach((index, i) => (sample[index + 1] = rolling.sample?.value[i] ?? NaN));
    const first = 1 + (rolling?.offset ?? 0);
    const expected = (['shannon', 'approximate', 'permutation', 'lempelZiv'] as const).flatMap((name) =>
      rolling?.[name] === undefined ? [] : [[name, columnOf(n, first, rolling[name])] as const],
    );
    expectEqual(bound(each), returns, { ...Object.fromEntries(expected), ...(rolling?.sample && { sample }) });
  });
});

/** Series with holes, ties, flat stretches, zeros and signs; most of it long enough for every window. */
const holed = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: fc.double({ min: -0.9, max: 0.9, noNaN: true }) },
      { weight: 2, arbitrary: fc.constantFrom(0, -0, 0.25, 0.25) },
      { weight: 1, arbitrary: fc.constant(NaN) },
    ),
    { minLength: 1, maxLength: 260 },
  )
  .map((values) => Float64Array.from(values));

describe('bar by bar, saved through JSON at any cut, is the batch to the bit', () => {
  test.each(named)('$name', (each) => {
    fc.assert(
      fc.property(holed, fc.array(fc.nat(260), { maxLength: 5 }), fc.boolean(), (values, cuts, real) => {
        const input = real ? seriesOf[each.of] : values;
        const given = bound(each);
        const columns = given.outputs.map(() => new Float64Array(input.length));
        let run = given.create();
        for (let bar = 0; bar < input.length; bar += 1) {
          if (cuts.includes(bar)) run = given.create(throughJson(run.save()));
          run.advance([input], columns, bar, bar + 1);
        }
        expect(firstDifference(columns, batch(given, input))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a value knows nothing of later ones', () => {
  test.each(named)('$name', (each) => {
    fc.assert(
      fc.property(holed, fc.nat(260), fc.double({ min: -0.8, max: 0.8, noNaN: true }), (values, cut, noise) => {
        const given = bound(each);
        const whole = batch(given, values);
        const seen = Math.min(cut, values.length);
        const prefix = batch(given, values.subarray(0, seen));
        expect(firstDifference(prefix, whole)).toBeUndefined();
        const noisy = values.map((value, i) => (i < seen ? value : value * 0.1 + noise));
        const up = (columns: Float64Array[]) => columns.map((column) => column.subarray(0, seen));
        expect(firstDifference(up(batch(given, noisy)), up(whole))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test.each(named)('as a series of a strategy: $name', ({ id, of, params }) => {
    const [input] = strategyPlugins.series.get(id)?.inputs ?? [];
    const output = bound({ id, of, params }).outputs[0] ?? '';
    const strategy: Strategy = {
      id: 'STR-900',
      name: id,
      hypothesis: 'A test.',
      lineage: { source: 'manual' },
      universe: ['ETH/USDT'],
      timeframe: '1h',
      parameters: [],
      constraints: [],
      features: [{ name: 'smooth', expression: parseTree(`sma(p.${output}, 3)`) }],
      plugins: [
        { alias: 'p', plugin: id, input: { [input ?? '']: parseTree(of === 'closes' ? 'close' : 'returns') }, params },
      ],
      signals: { enterLong: parseTree(`crossover(p.${output}, smooth)`) },
      exits: {},
      sizing: { method: 'fraction', fraction: parseTree('1') },
      costs: { feeBps: 10, slippageBps: 0 },
    };
    const columns = strategyColumns(strategy, {}, strategyPlugins);
    expect(Object.keys(columns(bars))).toContain(`plugins.p.${output}`);
    expect(gatherEvidence(columns, bars, { cuts: 6 })).toEqual({ cut: [], noise: [] });
  });
});

describe('missing inputs', () => {
  const kalman = {
    id: 'fe_kalman',
    of: 'closes',
    params: { noise: { mode: 'fixed', epsilonVar: 1, levelVar: 1 } },
  } as const;
  const gapped = Float64Array.of(NaN, 10, 11, NaN, 12);

  test('fe_kalman predicts through a gap after its first value', () => {
    const given = bound(kalman);
    const [level, levelVar, gain] = batch(given, gapped);
    const { level: expected } = runPlugin(
      'fe_kalman',
      { series: [10, 11, 0, 12], observed: [true, true, false, true] },
      { params: kalman.params },
    );
    expect([...(level ?? [])]).toEqual([NaN, ...expected]);
    expect(levelVar?.[3]).toBeGreaterThan(levelVar?.[2] ?? NaN);
    expect([...(gain ?? [])].map(Number.isNaN)).toEqual([true, true, false, true, false]);
  });

  test('a window that holds one is missing, and a window that does not vary has no sample entropy', () => {
    const given = bound({ id: 'fe_entropy', of: 'returns', params: { window: 10, measures: ['shannon', 'sample'] } });
    const [shannon, sample] = batch(given, Float64Array.of(1, NaN, ...Array<number>(12).fill(5)));
    expect([...(shannon ?? [])].findIndex((value) => !Number.isNaN(value))).toBe(11);
    expect(shannon?.[11]).toBe(0);
    expect(sample?.every(Number.isNaN)).toBe(true);
  });

  test('what has no logarithm is missing', () => {
    const given = bound({ id: 'fe_fracdiff', of: 'closes', params: { d: 1 } });
    expect([...(batch(given, Float64Array.of(1, Math.E, 0, 1, Math.E))[0] ?? [])]).toEqual([NaN, 1, NaN, NaN, 1]);
  });

  test('percent in place of fractions is refused', () => {
    const given = bound({ id: 'fe_garch', of: 'returns', params: { variant: 'ewma' } });
    const refused = expect.objectContaining({
      code: 'BadInput',
      place: expect.objectContaining({ path: 'input.returns' }),
    });
    expect(() => batch(given, Float64Array.of(0.5, -2))).toThrow(refused);
    const large = bound({ id: 'fe_garch', of: 'returns', params: { variant: 'ewma', allowLargeReturns: true } });
    expect(() => batch(large, Float64Array.of(0.5, -2))).not.toThrow();
  });
});

test.each(named)('settings are whole: bound again they are the same, $name', (each) => {
  const { params, outputs } = bound(each);
  const again = bound({ ...each, params: JSON.parse(JSON.stringify(params)) as Record<string, unknown> });
  expect(again.params).toEqual(params);
  expect(again.outputs).toEqual(outputs);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_vol_weighted_sent';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const hour = 3_600_000;
const barsOf = (volumes: readonly number[]) =>
  volumes.map((volume, i) => ({ time: i * hour, volume, close: 100 * Math.exp(0.01 * Math.sin((i * i) / 3)) }));
const scaling: Params = { lookback: 3, volScale: { lookback: 20, targetAnnual: 0.5, periodsPerYear: 8760 } };

const volumes = (minLength = 1) => fc.array(fc.integer({ min: 0, max: 500 }), { minLength, maxLength: 40 });
const items = fc.array(
  fc.record({
    time: fc.integer({ min: 0, max: 45 * hour }),
    score: fc.integer({ min: -10, max: 10 }).map((value) => value / 10),
    confidence: fc.integer({ min: 1, max: 10 }).map((value) => value / 10),
  }),
  { maxLength: 30 },
);

describe('fe_vol_weighted_sent', () => {
  // numpy 2.4.6: direct sums over all items at each bar, as the catalogue gives it
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-13);
  });

  test('the last value is the direct sum over all items', () => {
    fc.assert(
      fc.property(volumes(8), items, (all, drawn) => {
        const params = { lookback: 3, halfLifeMs: 2 * hour, exponent: 0.5, ratioCap: 4, priorCount: 2 };
        const bars = barsOf(all);
        const out = run({ bars, items: drawn }, params);
        const end = bars[bars.length - 1].time;
        const weighed = drawn
          .filter(({ time }) => time > 0 && time <= end)
          .map(({ time, score, confidence }) => ({
            score,
            weight:
              confidence * 2 ** ((time - end) / params.halfLifeMs) * out.abnormalVolume[Math.ceil(time / hour)] ** 0.5,
          }));
        const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
        const scores = weighed.reduce((sum, { weight, score }) => sum + weight * score, 0);
        expectSubset(out.weightSum.at(-1), total, 1e-12);
        expectSubset(out.sentiment.at(-1), scores / (total + 2), 1e-12);
        expect(out.ignoredItems).toBe(drawn.length - weighed.length);
      }),
    );
  });

  test('without volume and prior it is pandas ewm(halflife, times)', () => {
    const scores = [0.5, -0.2, 0.8, 0.4, -0.6];
    const times = [1, 2, 4, 7, 8];
    const input = {
      bars: barsOf(Array<number>(9).fill(10)),
      items: scores.map((score, i) => ({ time: times[i] * hour, score })),
    };
    const out = run(input, { exponent: 0, priorCount: 1e-12, halfLifeMs: 3 * hour });
    // pandas 3.1.1: Series(scores).ewm(halflife='3h', times=…).mean().iloc[-1]
    expectSubset(out.sentiment.at(-1), 0.03189607979455597, 1e-9);
  });

  test.each<[string, Params]>([
    ['sentiment', { lookback: 3 }],
    ['with volatility scaling', scaling],
  ])('%s carried over any cuts is one batch, and no value depends on the future', (_, params) => {
    fc.assert(
      fc.property(volumes(25), items, fc.array(fc.nat(40), { maxLength: 4 }), (all, drawn, places) => {
        const bars = barsOf(all);
        const whole = run({ bars, items: drawn }, params);
        const pieces = cutAt(bars, places).filter((piece) => piece.length > 0);
        const parts = carried(
          (input: Input) => run(input, params),
          pieces.map((piece) => ({ bars: piece, items: drawn })),
        );
        const joined = (name: 'sentiment' | 'standardError' | 'abnormalVolume') => parts.flatMap((part) => part[name]);
        expect(joined('sentiment')).toEqual(whole.sentiment);
        expect(joined('standardError')).toEqual(whole.standardError);
        expect(joined('abnormalVolume')).toEqual(whole.abnormalVolume);
        expect(parts.flatMap(({ scaled }) => scaled?.value ?? [])).toEqual(whole.scaled?.value ?? []);
        expect(parts.at(-1)?.state).toEqual(whole.state);
        const prefix = run({ bars: bars.slice(0, 10), items: drawn }, params);
        expect(prefix.sentiment).toEqual(whole.sentiment.slice(0, 10));
      }),
    );
  });

  test('mirrored scores mirror the sentiment, the unit of volume does not matter, order of items neither', () => {
    fc.assert(
      fc.property(volumes(6), items, (all, drawn) => {
        const a = run({ bars: barsOf(all), items: drawn }, { lookback: 3 });
        const mirrored = drawn.map((item) => ({ ...item, score: -item.score }));
        const b = run({ bars: barsOf(all.map((volume) => volume * 8)), items: mirrored }, { lookback: 3 });
        expectSubset(
          b.sentiment,
          a.sentiment.map((value) => -value),
          1e-15,
        );
        expectSubset(b.standardError, a.standardError, 1e-15);
        const c = run({ bars: barsOf(all), items: drawn.toReversed() }, { lookback: 3 });
        expectSubset(c.sentiment, a.sentiment, 1e-12);
        a.sentiment.forEach((value) => expect(Math.abs(value)).toBeLessThan(1));
      }),
    );
  });

  test('the evidence fades into the prior, and much of it into certainty', () => {
    const bars = [
      { time: 0, volume: 1 },
      { time: hour, volume: 1 },
      { time: 1e12, volume: 1 },
    ];
    const late = run({ bars, items: [{ time: 1, score: 1 }] });
    expectSubset(late, {
      sentiment: [0, 0, 0].with(1, late.sentiment[1]),
      effectiveCount: [3, late.effectiveCount[1], 3],
    });
    expectSubset(late.standardError.at(-1), Math.sqrt(1 / 9));
    const many = Array.from({ length: 2_000 }, () => ({ time: hour, score: 1 }));
    const sure = run({ bars: bars.slice(0, 2), items: many }, { priorCount: 1e-9 });
    expect(sure.sentiment[1]).toBeCloseTo(1, 9);
    expect(sure.standardError[1]).toBeGreaterThan(0);
  });

  test('a volume of 0 before leaves the ratio at 1, and the cap holds', () => {
    const at = (...all: number[]) => run({ bars: barsOf(all), items: [] }, { lookback: 2 }).abnormalVolume.at(-1);
    expect(at(0, 0, 10)).toBe(1);
    expect(at(1, 1, 100)).toBe(5);
    expect(at(10, 10, 0)).toBe(0.2);
    expect(at(10, 30, 40)).toBe(2);
  });

  test('flat prices scale by the cap, too few give no value', () => {
    const bars = barsOf(Array<number>(22).fill(5)).map((bar) => ({ ...bar, close: 7 }));
    const out = run({ bars, items: [{ time: 20 * hour, score: 1 }] }, scaling);
    expect(out.scaled?.offset).toBe(20);
    expectSubset(
      out.scaled?.value,
      out.sentiment.slice(20).map((value) => value * 2),
    );
    expect(run({ bars: bars.slice(0, 5), items: [] }, scaling).scaled).toEqual({ offset: 5, value: [] });
  });

  const bars = barsOf([1, 2, 3]);
  const { state } = run({ bars: bars.slice(0, 1), items: [] }, { lookback: 2 });
  test.each<[string, object, object, string]>([
    ['no bars', { bars: [], items: [] }, {}, 'input.bars'],
    ['a negative volume', { bars: bars.with(1, { ...bars[1], volume: -1 }), items: [] }, {}, 'input.bars[1].volume'],
    ['a close of 0', { bars: bars.with(1, { ...bars[1], close: 0 }), items: [] }, {}, 'input.bars[1].close'],
    [
      'what is not finite',
      { bars: bars.with(1, { ...bars[1], volume: Number.NaN }), items: [] },
      {},
      'input.bars[1].volume',
    ],
    ['a score beyond 1', { bars, items: [{ time: 1, score: -1.1 }] }, {}, 'input.items[0].score'],
    ['a confidence of 0', { bars, items: [{ time: 1, score: 1, confidence: 0 }] }, {}, 'input.items[0].confidence'],
    ['bars that do not rise', { bars: bars.toReversed(), items: [] }, {}, 'input.bars[1].time'],
    ['a bar that the state has seen', { bars, items: [], state }, { lookback: 2 }, 'input.bars[0].time'],
    ['scaling without closes', { bars: [{ time: 1, volume: 1 }], items: [] }, scaling, 'input.bars[0].close'],
    [
      'a state of a longer lookback',
      { bars: bars.slice(1), items: [], state: { ...state, volumes: [1, 2, 3] } },
      { lookback: 2 },
      'input.state.volumes',
    ],
    ['a state of another version', { bars: bars.slice(1), items: [], state: { ...state, v: 2 } }, {}, 'input.state.v'],
    ['a cap of 1', { bars, items: [] }, { ratioCap: 1 }, 'params.ratioCap'],
    ['no prior', { bars, items: [] }, { priorCount: 0 }, 'params.priorCount'],
    [
      'a short volatility',
      { bars, items: [] },
      { volScale: { lookback: 19, targetAnnual: 1, periodsPerYear: 1 } },
      'params.volScale.lookback',
    ],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });
});

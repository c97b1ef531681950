import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_whisper_spread';
type Input = PluginInput<typeof id>;
type Earnings = Extract<Input, { mode: 'earnings' }>;
type Unlock = Extract<Input, { mode: 'unlock' }>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

/** Twelve events whose surprise is 0.8 of the spread and noise. */
function earnings(seed: number): Earnings {
  const [levels, spreads, noise, prices] = [0, 1, 2, 3].map((k) => roughSeries(seed + k, 12));
  const history = levels.map((level, i) => {
    const consensus = 1 + 20 * level;
    const whisper = consensus + 3 * spreads[i];
    const actual = consensus + 0.8 * (whisper - consensus) + 2 * noise[i];
    return { consensus, whisper, actual, price: 100 + 1000 * prices[i] };
  });
  return { mode: 'earnings', history, current: { consensus: 1, whisper: 1.05, price: 100 } };
}
const unlock: Unlock = {
  mode: 'unlock',
  history: [0.01, 0.02, 0.03, 0.05].map((fraction) => ({ unlockFraction: fraction, abnormalReturn: -fraction })),
  current: { unlockFraction: 0.04 },
};
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_whisper_spread', () => {
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-10);
  });

  // numpy 2.4.6 (solve, inv), scipy 1.17.1 t.sf
  test('drawn earnings, as numpy and scipy have them', () => {
    const expected = {
      expectedSurprise: 0.00033307714922862537,
      scale: 0.00014502033242446685,
      posterior: { intercept: -1.5461003993987805e-5, slope: 0.6970763064452263 },
      surpriseProbability: 0.9822647198470111,
      beatWhisperProbability: 0.13331559976717378,
      degreesOfFreedom: 16,
      confidence: 0.6,
    };
    expectSubset(run(earnings(7)), expected, 1e-9);
  });

  test('money in another unit changes no probability', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.01, max: 100, noNaN: true }), (seed, k) => {
        const { history, current } = earnings(seed);
        const scaled: Earnings = {
          mode: 'earnings',
          history: history.map((event) => ({
            consensus: k * event.consensus,
            whisper: k * event.whisper,
            actual: k * event.actual,
            price: k * event.price,
          })),
          current: { consensus: k * current.consensus, whisper: k * current.whisper, price: k * current.price },
        };
        expectSubset(run(scaled), run({ mode: 'earnings', history, current }), 1e-6);
      }),
    );
  });

  test('the order of past events changes nothing; the other side of everything is the other side', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { history, current } = earnings(seed);
        const plain = run({ mode: 'earnings', history, current });
        expectSubset(run({ mode: 'earnings', history: history.toReversed(), current }), plain, 1e-8);
        const turn = <T extends { consensus: number; whisper: number; actual?: number }>(event: T): T => ({
          ...event,
          consensus: -event.consensus,
          whisper: -event.whisper,
          ...(event.actual !== undefined && { actual: -event.actual }),
        });
        const turned = run({ mode: 'earnings', history: history.map(turn), current: turn(current) });
        expect(turned.signal).toBeCloseTo(-plain.signal, 9);
      }),
    );
  });

  test('whispers that come true have slope 1 and useless ones slope 0, as history grows', () => {
    const { history, current } = earnings(3);
    const long = Array.from({ length: 50 }, () => history).flat();
    const slopeOf = (actual: (event: (typeof long)[number]) => number) =>
      run({ mode: 'earnings', history: long.map((event) => ({ ...event, actual: actual(event) })), current }).posterior
        .slope;
    expect(slopeOf(({ whisper }) => whisper)).toBeCloseTo(1, 2);
    expect(slopeOf(({ consensus }) => consensus + 0.01)).toBeCloseTo(0, 1);
  });

  test('the prior of earnings expects half of what is whispered, that of unlocks nothing', () => {
    const strong = { kappaSlope: 1e9, kappaIntercept: 1e9 };
    expect(run(earnings(1), strong).posterior.slope).toBeCloseTo(0.5, 6);
    expect(run(unlock, strong).posterior.slope).toBeCloseTo(0, 6);
    expect(run(earnings(1), { ...strong, priorSlope: 0.25 }).posterior.slope).toBeCloseTo(0.25, 6);
  });

  test('what has no meaning is left out', () => {
    const { history, current } = earnings(1);
    expect(run({ mode: 'earnings', history, current: { ...current, consensus: 0 } })).not.toHaveProperty(
      'spreadPercent',
    );
    expect(Object.keys(run(unlock))).toEqual(expect.not.arrayContaining(['spreadPercent', 'beatWhisperProbability']));
  });

  const good = earnings(1);
  const [first] = good.history;
  const same = good.history.map((event) => ({ ...event, whisper: event.consensus }));
  const dull = good.history.map((event) => ({ ...event, actual: event.consensus }));
  test.each<[string, unknown, Record<string, unknown>, string]>([
    ['three records', { ...good, history: good.history.slice(0, 3) }, {}, 'input.history'],
    ['a price of 0', { ...good, history: good.history.with(2, { ...first, price: 0 }) }, {}, 'input.history[2].price'],
    ['not finite', { ...good, current: { ...good.current, whisper: Number.NaN } }, {}, 'input.current.whisper'],
    ['whispers that are the consensus', { ...good, history: same }, {}, 'input.history'],
    ['no surprise ever', { ...good, history: dull }, {}, 'input.history'],
    [
      'unlocks among earnings',
      { ...good, history: good.history.with(1, unlock.history[0] as never) },
      {},
      'input.history[1].consensus',
    ],
    ['an unlock ahead of earnings', { ...good, current: unlock.current }, {}, 'input.current.consensus'],
    ['an unlock of nothing', { ...unlock, current: { unlockFraction: 0 } }, {}, 'input.current.unlockFraction'],
    ['a whisper of an unlock', unlock, { signalOn: 'whisper' }, 'params.signalOn'],
    ['another mode', { ...good, mode: 'macro' }, {}, 'input.mode'],
    ['a prior without variance', good, { priorShape: 1 }, 'params.priorShape'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params)).toThrow(refusedAt(id, path));
  });
});

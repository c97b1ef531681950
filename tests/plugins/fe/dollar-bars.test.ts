import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_dollar_bars';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;
type Trade = Input['trades'][number];

const run = (input: Input, params: Params) => runPlugin(id, deepFreeze(input), { params, strict: true });

const cases = catalogueCases(id);
const exampleInput = cases[0].input as Input;
const kinds: [string, Params][] = [
  ['dollar', { kind: 'dollar', threshold: 900 }],
  ['volume', { kind: 'volume', threshold: 9 }],
  ['tick', { kind: 'tick', threshold: 4 }],
  ['tickImbalance', { kind: 'tickImbalance', expectedTicksInit: 4, imbalanceSpan: 6, ticksSpan: 3 }],
  ['volumeImbalance', { kind: 'volumeImbalance', expectedTicksInit: 4, minTicks: 1, maxTicks: 30, signs: 'tick' }],
  ['dollarImbalance', { kind: 'dollarImbalance', expectedTicksInit: 3, minTicks: 2, floor: 'none' }],
];

const someTrades = fc.array(
  fc.record({
    step: fc.nat(3),
    price: fc.integer({ min: 90, max: 110 }),
    amount: fc.integer({ min: 1, max: 8 }),
    side: fc.constantFrom('buy' as const, 'sell' as const, undefined),
  }),
  { minLength: 1, maxLength: 80 },
);
const inOrder = (
  drawn: readonly { step: number; price: number; amount: number; side?: 'buy' | 'sell' | undefined }[],
) => {
  let time = 0;
  return drawn.map(({ step, side, ...rest }): Trade => ({ time: (time += step), ...rest, ...(side && { side }) }));
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** pandas' Series.ewm(span, adjust=True).mean() at its last value. */
function ewm(values: readonly number[], span: number): number {
  const keep = 1 - 2 / (span + 1);
  const weights = values.map((_, i) => keep ** (values.length - 1 - i));
  return sum(values.map((value, i) => value * weights[i])) / sum(weights);
}

describe('fe_dollar_bars', () => {
  // mlfinpy get_dollar_bars; imbalance by pandas ewm and the rule by hand, as the catalogue gives them
  test.each(cases)('$name', ({ input, params, output }) => {
    const trades = typeof input === 'string' ? exampleInput : (input as Input);
    expectSubset(run(trades, params), output, 1e-12);
  });

  test('the imbalance threshold is expected trades times the EWMA of signed size', () => {
    const trades = inOrder(
      [1, 2, 4, 3, 5, 6, 4, 8, 9, 7].map((price) => ({ step: 1, price, amount: 2, side: 'buy' as const })),
    );
    const params: Params = { kind: 'dollarImbalance', expectedTicksInit: 10, imbalanceSpan: 7, floor: 'none' };
    const { bars, state } = run({ trades }, params);
    const expected =
      10 *
      ewm(
        trades.map(({ price, amount }) => price * amount),
        7,
      );
    const theta = sum(trades.map(({ price, amount }) => price * amount));
    const bar = bars[0] ?? state.bar;
    expectSubset(bar, { theta, threshold: expected }, 1e-12);
  });

  test('with the floor, balanced trades wait for one standard deviation of random signs', () => {
    const trades = inOrder(
      Array.from({ length: 40 }, (_, i) => ({
        step: 1,
        price: 100,
        amount: 1,
        side: i % 2 ? ('sell' as const) : ('buy' as const),
      })),
    );
    const params: Params = { kind: 'tickImbalance', expectedTicksInit: 16, imbalanceSpan: 1000 };
    // theta swings between 0 and 1, the floor is sqrt(16) = 4; without it every trade after warm-up may close a bar.
    expect(run({ trades }, params).bars).toEqual([]);
    expect(run({ trades }, { ...params, floor: 'none' }).bars.length).toBeGreaterThan(0);
  });

  test.each(kinds)('%s bars carried over any cuts are those of one batch, and sums are kept', (_, params) => {
    fc.assert(
      fc.property(someTrades, fc.array(fc.nat(80), { maxLength: 5 }), (drawn, places) => {
        const trades = inOrder(drawn);
        const whole = run({ trades }, params);
        const inputs = cutAt(trades, places)
          .filter((piece) => piece.length > 0)
          .map((piece) => ({ trades: piece }));
        const parts = carried((input: Input) => run(input, params), inputs);
        expect(parts.flatMap(({ bars }) => bars)).toEqual(whole.bars);
        expect(parts.at(-1)?.state).toEqual(whole.state);

        const all = [...whole.bars, ...(whole.state.bar === undefined ? [] : [whole.state.bar])];
        expect(sum(all.map(({ volume }) => volume))).toBe(sum(trades.map(({ amount }) => amount)));
        expect(sum(all.map(({ quote }) => quote))).toBe(sum(trades.map(({ price, amount }) => price * amount)));
        expect(sum(all.map(({ ticks }) => ticks))).toBe(trades.length);
        // A bar knows nothing of the trades after it.
        expect(run({ trades: trades.slice(0, 20) }, params).bars).toEqual(
          whole.bars.slice(0, run({ trades: trades.slice(0, 20) }, params).bars.length),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('a standard bar ends with the first trade that fills it', () => {
    fc.assert(
      fc.property(someTrades, (drawn) => {
        const { bars } = run({ trades: inOrder(drawn) }, { threshold: 900 });
        for (const { quote, low, high, open, close, vwap, buyVolume, volume } of bars) {
          expect(quote).toBeGreaterThanOrEqual(900);
          expect(quote).toBeLessThan(900 + 110 * 8);
          expect(Math.min(open, close, vwap)).toBeGreaterThanOrEqual(low);
          expect(Math.max(open, close, vwap)).toBeLessThanOrEqual(high + 1e-9);
          expect(buyVolume).toBeLessThanOrEqual(volume);
        }
      }),
    );
  });

  test('the side is what the trade says, or the tick rule', () => {
    const trades: Trade[] = [
      { time: 0, price: 10, amount: 1 },
      { time: 0, price: 9, amount: 1 },
      { time: 0, price: 9, amount: 1 },
      { time: 0, price: 9, amount: 1, side: 'buy' },
    ];
    const buys = (params: Params) => run({ trades }, { kind: 'tick', threshold: 4, ...params }).bars[0].buyTicks;
    expect(buys({})).toBe(2);
    expect(buys({ signs: 'tick' })).toBe(1);
  });

  const trades: Trade[] = [
    { time: 5, price: 10, amount: 1 },
    { time: 7, price: 10, amount: 1 },
  ];
  const dollar: Params = { threshold: 100 };
  const imbalance: Params = { kind: 'tickImbalance', expectedTicksInit: 5 };
  const { state } = run({ trades }, dollar);
  const imbalanceState = run({ trades }, imbalance).state;
  test.each<[string, object, object, string]>([
    ['no trades', { trades: [] }, dollar, 'input.trades'],
    ['a price of 0', { trades: trades.with(1, { time: 7, price: 0, amount: 1 }) }, dollar, 'input.trades[1].price'],
    ['an amount of 0', { trades: trades.with(1, { time: 7, price: 1, amount: 0 }) }, dollar, 'input.trades[1].amount'],
    [
      'what is not finite',
      { trades: trades.with(1, { time: 7, price: Number.NaN, amount: 1 }) },
      dollar,
      'input.trades[1].price',
    ],
    ['time that goes back', { trades: trades.toReversed() }, dollar, 'input.trades[1].time'],
    ['time before the state', { trades, state: { ...state, lastTime: 6 } }, dollar, 'input.trades[0].time'],
    ['no threshold', { trades }, { kind: 'volume' }, 'params.threshold'],
    ['a threshold for imbalance', { trades }, { ...imbalance, threshold: 1 }, 'params.threshold'],
    ['no expected length', { trades }, { kind: 'tickImbalance' }, 'params.expectedTicksInit'],
    ['no room between lengths', { trades }, { ...imbalance, minTicks: 5, maxTicks: 5 }, 'params.minTicks'],
    ['a state of another kind', { trades, state }, { kind: 'tick', threshold: 3 }, 'input.state.kind'],
    [
      'a state without its averages',
      { trades: trades.slice(1), state: { ...imbalanceState, ewImb: undefined } },
      imbalance,
      'input.state.ewImb',
    ],
    ['a state of another version', { trades, state: { ...state, v: 2 } }, dollar, 'input.state.v'],
    ['a threshold of 0', { trades }, { threshold: 0 }, 'params.threshold'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_drawdown_derisk';
type Input = PluginInput<typeof id>;
type Params = Partial<PluginParams<typeof id>>;

const run = (input: Input, params: Params = {}) =>
  runPlugin(id, deepFreeze(input), { params: { maxDrawdown: 0.2, ...params }, strict: true });

/** One observation a unit of time. */
const equity = (...values: number[]) => values.map((value, t) => ({ t, value }));
const after = (values: number[], params: Params = {}) => run({ equity: equity(...values) }, params);

/** Growth factors a step and money in or out as a share of equity, for walks of up to 60 steps. */
const walks = fc.array(
  fc.record({ growth: fc.integer({ min: 85, max: 115 }), flow: fc.integer({ min: -20, max: 20 }) }),
  {
    minLength: 1,
    maxLength: 60,
  },
);
type Walk = { growth: number; flow: number }[];

/** Equity that grows as the walk says; the flows of the walk come on top where wanted. */
function walked(walk: Walk, withFlows: boolean) {
  let value = 100;
  return walk.map(({ growth, flow: share }, t) => {
    const grown = (value * growth) / 100;
    const flow = withFlows && t > 0 ? (grown * share) / 100 : 0;
    value = grown + flow;
    return { t, value, ...(flow !== 0 && { flow }) };
  });
}

const everyParams = fc.record(
  {
    mode: fc.constantFrom('grossmanZhou' as const, 'linear' as const),
    softStart: fc.constantFrom(0, 0.05),
    window: fc.integer({ min: 2, max: 30 }),
    maxStepUp: fc.constantFrom(0.1, 1),
    haltAtLimit: fc.boolean(),
    coolOffMs: fc.integer({ min: 1, max: 10 }),
  },
  { requiredKeys: [] },
);

describe('risk_drawdown_derisk', () => {
  // the closed form by numpy 2.4.6
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-12);
  });

  test('the largest drawdown is that of the returns', () => {
    // as empyrical's max_drawdown of [0.1, -0.2, 0.05, -0.1, 0.3]: 1 - 83.16 / 110, by hand
    const { series } = after([100, 110, 88, 92.4, 83.16, 108.108], { maxDrawdown: 0.9 });
    expect(Math.max(...series.map(({ drawdown }) => drawdown))).toBeCloseTo(0.244, 12);
  });

  test('carried over any cuts, with flows, windows and halts, it is one call', () => {
    fc.assert(
      fc.property(walks, everyParams, fc.array(fc.nat(60), { maxLength: 6 }), (walk, params, places) => {
        const whole = run({ equity: walked(walk, true) }, params);
        const pieces = cutAt(walked(walk, true), places).filter((piece) => piece.length > 0);
        const outputs = carried<Input, typeof whole>(
          (input) => run(input, params),
          pieces.map((piece) => ({ equity: piece })),
        );
        expect(outputs.flatMap(({ series }) => series)).toEqual(whole.series);
        expect({ ...outputs.at(-1), series: [] }).toEqual({ ...whole, series: [] });
      }),
    );
  });

  test('money in and out is neither gain nor loss', () => {
    fc.assert(
      fc.property(walks, everyParams, (walk, params) => {
        // Rounding may fall on either side of the limit, so no walk may end exactly there.
        const limit = { maxDrawdown: 0.2000123 };
        const [plain, flowing] = [false, true].map((flows) =>
          run({ equity: walked(walk, flows) }, { ...params, ...limit }),
        );
        expectSubset(flowing.series, plain.series);
      }),
    );
  });

  test('the scale of money does not matter, exposure rises by steps and is 0 from the limit on', () => {
    fc.assert(
      fc.property(walks, everyParams, (walk, params) => {
        const values = walked(walk, false);
        const { series } = run({ equity: values }, params);
        expect(run({ equity: values.map(({ t, value }) => ({ t, value: value * 1024 })) }, params).series).toEqual(
          series,
        );
        series.forEach(({ drawdown, multiplier }, i) => {
          const last = i === 0 ? 1 : series[i - 1].multiplier;
          expect(multiplier - last).toBeLessThanOrEqual((params.maxStepUp ?? 1) + 1e-9);
          expect(drawdown >= 0.2 && multiplier > 0).toBe(false);
        });
      }),
    );
  });

  test.each([
    ['grossmanZhou', 0.1, 0.1 / 0.9 / 0.2],
    ['linear', 0.1, 0.5],
    ['ladder', 0.1, 0.6],
    ['grossmanZhou', 0, 1],
    ['ladder', 0.04, 1],
    ['ladder', 0.19, 0.25],
  ] as const)('%s at a drawdown of %d gives %d', (mode, drawdown, multiplier) => {
    const ladder = [
      { drawdown: 0.05, multiplier: 0.6 },
      { drawdown: 0.15, multiplier: 0.25 },
    ];
    expect(after([100, 100 * (1 - drawdown)], { mode, ladder }).multiplier).toBeCloseTo(multiplier, 12);
  });

  test('a halt lasts, until it cools off with a fresh mark', () => {
    expect(after([100, 80])).toMatchObject({ multiplier: 0, halted: true, bound: 'hardLimit', state: { haltedAt: 1 } });
    expect(after([100, 80, 99])).toMatchObject({
      multiplier: 0,
      halted: true,
      bound: 'halted',
      state: { haltedAt: 1 },
    });
    expect(after([100, 80, 90, 81], { coolOffMs: 2 })).toMatchObject({
      multiplier: 1,
      halted: false,
      highWaterMark: 81,
    });
    expect(after([100, 80, 99], { haltAtLimit: false })).toMatchObject({ halted: false, bound: 'drawdown' });
    expect(after([100, 80, 99], { haltAtLimit: false }).state).not.toHaveProperty('haltedAt');
  });

  test('a reset drops the halt and the mark; dropping only the halt halts again', () => {
    const { multiplier, t, highWaterMark } = after([100, 80]).state;
    const next = [{ t: 2, value: 80 }];
    expect(run({ equity: next, state: { multiplier, t } })).toMatchObject({
      multiplier: 1,
      halted: false,
      highWaterMark: 80,
    });
    expect(run({ equity: next, state: { multiplier, t, highWaterMark } })).toMatchObject({
      halted: true,
      bound: 'hardLimit',
    });
  });

  test('a rolling mark forgets, re-risking goes by steps', () => {
    const values = [100, 90, 90, 90];
    expect(after(values, { window: 3 })).toMatchObject({ highWaterMark: 90, multiplier: 1, bound: 'none' });
    expect(after(values, { window: 3, maxStepUp: 0.1 }).bound).toBe('maxStepUp');
    expect(after(values).highWaterMark).toBe(100);
  });

  test('a loss of nearly everything and a window under a rounding are taken as they are', () => {
    expect(after([1e24, 1e-9])).toMatchObject({ drawdown: 1, multiplier: 0 });
    expect(after([100, 90], { window: 1e-308 })).toMatchObject({ highWaterMark: 90, drawdown: 0 });
  });

  const state = { multiplier: 1, t: 5, highWaterMark: 100 };
  const later = [{ t: 6, value: 100 }];
  test.each([
    ['no equity', { equity: [] }, {}, 'input.equity'],
    ['equity of 0', { equity: equity(100, 0) }, {}, 'input.equity[1].value'],
    ['a flow of everything', { equity: [{ t: 0, value: 5, flow: 5 }] }, {}, 'input.equity[0].flow'],
    ['times that stand', { equity: [...equity(1, 2), { t: 1, value: 2 }] }, {}, 'input.equity[2].t'],
    ['times before the state', { equity: [{ t: 5, value: 1 }], state }, {}, 'input.equity[0].t'],
    ['a soft start at the limit', { equity: later }, { softStart: 0.2 }, 'params.softStart'],
    ['no ladder', { equity: later }, { mode: 'ladder' }, 'params.ladder'],
    ['an empty ladder', { equity: later }, { mode: 'ladder', ladder: [] }, 'params.ladder'],
    [
      'a flat ladder',
      { equity: later },
      { mode: 'ladder', ladder: [rung(0.1, 1), rung(0.1, 0)] },
      'params.ladder[1].drawdown',
    ],
    ['a rung over 1', { equity: later }, { mode: 'ladder', ladder: [rung(0.1, 1.1)] }, 'params.ladder[0].multiplier'],
    ['no limit', { equity: later }, { maxDrawdown: undefined }, 'params.maxDrawdown'],
    ['a state without t', { equity: later, state: { multiplier: 1 } }, {}, 'input.state.t'],
    ['a state without multiplier', { equity: later, state: { t: 1 } }, {}, 'input.state.multiplier'],
    ['a halt without its time', { equity: later, state: { ...state, halted: true } }, {}, 'input.state.haltedAt'],
    ['a mark without its window', { equity: later, state }, { window: 9 }, 'input.state.window'],
    [
      'a window that nobody asked for',
      { equity: later, state: { ...state, window: equity(100) } },
      {},
      'input.state.window',
    ],
    [
      'a window without its mark',
      { equity: later, state: { multiplier: 1, t: 5, window: equity(9) } },
      { window: 9 },
      'input.state.window',
    ],
    [
      'a window out of order',
      { equity: later, state: { ...state, window: equity(100, 99).toReversed() } },
      { window: 9 },
      'input.state.window[1].t',
    ],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });
});

function rung(drawdown: number, multiplier: number) {
  return { drawdown, multiplier };
}

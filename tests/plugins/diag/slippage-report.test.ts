import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../../plugins/run-with-svg.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { expectPicture } from './picture.ts';

type Fill = { price: number; qty: number; fee?: number; mid?: number; midAfter?: number };
type Order = {
  id: string;
  symbol: string;
  side: 'buy' | 'sell';
  qty: number;
  decisionPrice: number;
  arrivalPrice: number;
  endPrice?: number;
  volatility?: number;
  marketVolume?: number;
  venue?: string;
  fills: Fill[];
};

const [example] = catalogueCases('diag_slippage_report');
const orders = example.input['orders'] as Order[];
const [first] = orders;

const run = (given: readonly object[], params: object = {}) =>
  runPlugin('diag_slippage_report', deepFreeze({ orders: given }) as never, { params, strict: true });

// The catalogue's impact fixture: participation, cost as a fraction, daily volatility.
const shares = [0.0016, 0.0025, 0.004, 0.0064, 0.009, 0.01, 0.0144, 0.0196, 0.0225, 0.04];
const costs = [0.0009, 0.0014, 0.0012, 0.0021, 0.0019, 0.0031, 0.0026, 0.0042, 0.0038, 0.0051];
const volatilities = [0.03, 0.035, 0.025, 0.03, 0.028, 0.04, 0.03, 0.035, 0.03, 0.033];
const impactOrders = shares.map((share, i) => ({
  id: `o${i}`,
  symbol: 'BTC/USDT',
  side: 'buy' as const,
  qty: share * 1000,
  decisionPrice: 100,
  arrivalPrice: 100,
  volatility: volatilities[i],
  marketVolume: 1000,
  fills: [{ price: 100 * (1 + costs[i]), qty: share * 1000 }],
}));

const price = fc.double({ min: 50, max: 200, noNaN: true });
const anyOrder = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  decisionPrice: price,
  arrivalPrice: price,
  endPrice: price,
  fills: fc.array(fc.record({ price, qty: fc.integer({ min: 1, max: 10 }), fee: fc.integer({ min: -2, max: 2 }) }), {
    maxLength: 5,
  }),
  missing: fc.integer({ min: 0, max: 9 }),
});
const orderOf = <Given extends { missing: number; fills: Fill[] }>({ missing, ...rest }: Given, id = 'x') => {
  const filled = rest.fills.reduce((sum, { qty }) => sum + qty, 0);
  return { ...rest, id, symbol: 'A/B', qty: filled + missing === 0 ? 1 : filled + missing };
};

describe('diag_slippage_report', () => {
  // numpy 2.4.6 by hand
  test.each(catalogueCases('diag_slippage_report'))('$name', ({ input, params, output }) => {
    expectSubset(run(input['orders'] as Order[], params), output, 1e-10);
  });

  // statsmodels 0.15.0 OLS(y, x).fit(cov_type='HC1', use_t=True); scipy 1.17.1 curve_fit for the exponent
  test('the impact fit', () => {
    const { impact } = run(impactOrders, { minFitOrders: 10 });
    expectSubset(
      impact,
      {
        fitted: true,
        usable: 10,
        coefficient: 0.7933259328542498,
        stdError: 0.01890995400556189,
        interval: [0.7505486449523834, 0.8361032207561162],
        r2: 0.9958966402683368,
      },
      1e-10,
    );
    expectSubset(impact.exponent, 0.50584265, 2e-6);
    expectSubset(impact.coefficientAtExponent, 0.81209206, 1e-5);
    expect(impact).not.toHaveProperty('exponentAtBound');
  });

  test('total is paper profit less real profit, whatever filled', () => {
    fc.assert(
      fc.property(anyOrder, (given) => {
        const order = orderOf(given);
        const { cost, decisionNotional, bps } = run([order]).orders[0];
        const sign = order.side === 'buy' ? 1 : -1;
        const filled = order.fills.reduce((sum, { qty }) => sum + qty, 0);
        const paid = order.fills.reduce((sum, fill) => sum + fill.qty * fill.price, 0);
        const fees = order.fills.reduce((sum, { fee }) => sum + fee, 0);
        const paper = sign * order.qty * (given.endPrice - given.decisionPrice);
        const real = sign * (filled * given.endPrice - paid) - fees;
        expectSubset(cost.total, paper - real, 1e-9);
        expectSubset(cost.delay + cost.execution + cost.opportunity + cost.fees, cost.total, 1e-12);
        expectSubset(bps.total, (cost.total / decisionNotional) * 1e4, 1e-9);
      }),
    );
  });

  test('the groups of a key that every order has add up to the totals', () => {
    fc.assert(
      fc.property(fc.array(anyOrder, { minLength: 1, maxLength: 6 }), (given) => {
        const list = given.map((order, i) => ({ ...orderOf(order, `o${i}`), venue: i % 2 === 0 ? 'a' : 'b' }));
        const out = run(list, { groupBy: ['side', 'venue'] });
        for (const key of ['side', 'venue']) {
          const members = out.groups.filter((group) => group.key.startsWith(`${key}=`));
          const cost = members.reduce((sum, { bps, decisionNotional }) => sum + bps.total * decisionNotional, 0) / 1e4;
          expectSubset(cost, out.totals.cost.total, 1e-8);
          expect(members.reduce((sum, group) => sum + group.orders, 0)).toBe(list.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('nothing filled: all opportunity, no prices', () => {
    const [row] = run([{ ...first, fills: [] }]).orders;
    expect(row?.fillRatio).toBe(0);
    expect(row?.cost).toMatchObject({ delay: 0, execution: 0, fees: 0 });
    expectSubset(row?.cost.opportunity, 9, 1e-12); // 10 x (100.9 - 100)
    for (const field of [
      'averagePrice',
      'arrivalSlippageBps',
      'vwapSlippageBps',
      'effectiveSpreadBps',
      'participation',
    ])
      expect(row).not.toHaveProperty(field);
  });

  test('a rounding short of the quantity is a full fill; groups leave out orders without the field', () => {
    const almost = { ...first, endPrice: undefined, fills: [{ price: 100.2, qty: 10 * (1 - 1e-10) }] };
    const { endPrice: _, ...whole } = almost;
    expect(run([whole]).orders[0]?.cost.opportunity).toBe(0);
    expect(run([{ ...first, venue: 'x' }, orders[1] as object], { groupBy: ['venue'] }).groups).toMatchObject([
      { key: 'venue=x', orders: 1 },
    ]);
    expect(run([first], { groupBy: [] }).plot.bars[0]?.group).toBe('all orders');
  });

  test('no fit without spread of sizes; an exponent at its bound says so', () => {
    const alike = impactOrders.map((order) => ({ ...order, qty: 1, fills: [{ price: 100.1, qty: 1 }] }));
    expect(run(alike, { minFitOrders: 5 }).impact).toEqual({
      fitted: false,
      usable: 10,
      reason: 'all orders have the same participation',
    });
    const steep = impactOrders.map((order, i) => ({
      ...order,
      volatility: 1,
      fills: [{ price: 100 * (1 + (shares[i] ?? 0) ** 2), qty: order.qty }],
    }));
    expect(run(steep, { minFitOrders: 5 }).impact).toMatchObject({ exponentAtBound: true });
  });

  test('the picture, with and without a fit', async () => {
    const plain = await runPluginWithSvg('diag_slippage_report', { orders }, { params: example.params });
    expectPicture(plain, [
      'symbol=BTC/USDT',
      'cost, bps of decision notional',
      'delay 8, execution 16, opportunity 18, fees 4',
    ]);
    const fitted = await runPluginWithSvg(
      'diag_slippage_report',
      { orders: impactOrders },
      { params: { minFitOrders: 5 } },
    );
    expectPicture(fitted, ['Impact', 'slippage, daily deviations', 'share of the day’s volume']);
  });

  const changed = (changes: object) => [orders[1] as object, { ...first, ...changes }];

  test.each([
    ['no orders', [], 'input.orders'],
    ['an id twice', changed({ id: 'o2' }), 'input.orders[1].id'],
    ['a side that is none', changed({ side: 'long' }), 'input.orders[1].side'],
    ['too much filled', changed({ fills: [{ price: 100, qty: 10.1 }] }), 'input.orders[1].fills'],
    ['a part filled without an end', changed({ endPrice: undefined }), 'input.orders[1].endPrice'],
    ['a price of 0', changed({ fills: [{ price: 0, qty: 1 }] }), 'input.orders[1].fills[0].price'],
    ['a quantity below 0', changed({ fills: [{ price: 1, qty: -1 }] }), 'input.orders[1].fills[0].qty'],
    ['a volume of 0', changed({ marketVolume: 0 }), 'input.orders[1].marketVolume'],
    ['not finite', changed({ decisionPrice: Number.NaN }), 'input.orders[1].decisionPrice'],
    ['an unknown field', changed({ fee: 1 }), 'input.orders[1].fee'],
  ])('refuses %s and names the field', (_, given, path) => {
    expect(() => run(given)).toThrow(refusedAt('diag_slippage_report', path));
  });

  test('names the order and both quantities', () => {
    expect(() => run(changed({ fills: [{ price: 100, qty: 10.1 }] }))).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('order o1'),
        place: expect.objectContaining({ expected: 'at most 10', found: '10.1' }),
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_cvar_size';
type Input = PluginInput<typeof id>;
type Params = Partial<PluginParams<typeof id>>;

const run = (input: Input, params: Params = {}) =>
  runPlugin(id, deepFreeze(input), { params: { cvarBudget: 0.02, confidence: 0.95, ...params }, strict: true });

const [{ input: example }] = catalogueCases(id) as unknown as [{ input: Input & { portfolio: number[] } }];
const alone = { returns: example.returns };

const someReturns = fc.array(
  fc.integer({ min: -900, max: 900 }).map((value) => value / 10_000),
  { minLength: 50, maxLength: 50 },
);
const methods = ['historical', 'fhs', 'gaussian', 'evt'] as const;

describe('risk_cvar_size', () => {
  // scipy 1.17.1 linprog of the Rockafellar-Uryasev LP, stats.norm
  test.each(catalogueCases(id))('$name', ({ input, params, output, note }) => {
    const { portfolio, ...own } = input;
    expectSubset(run((note?.includes('no portfolio') ? own : { ...own, portfolio }) as Input, params), output, 1e-10);
  });

  test('evt: VaR and shortfall are those of the fitted tail', () => {
    // scipy 1.17.1: u + genpareto(xi, scale=b).ppf(1 - T(1-a)/k) and the integral of ppf beyond it, xi and b as fitted
    const { unitVar, unitCvar } = run(alone, { method: 'evt', confidence: 0.99, tailFraction: 0.25 });
    expectSubset([unitVar, unitCvar], [0.0464143114618083, 0.047727481822949086], 1e-9);
  });

  test('short is long in mirrored returns, four periods cost twice one', () => {
    fc.assert(
      fc.property(someReturns, fc.constantFrom(...methods), (returns, method) => {
        const tail = { method, tailFraction: 0.3, confidence: 0.9, maxSize: 10 };
        const long = run({ returns }, tail);
        const short = run({ returns: returns.map((value) => -value), side: 'short' }, tail);
        expectSubset({ ...short, size: -short.size }, long);
        expectSubset(run({ returns }, { ...tail, horizon: 4 }).unitCvar, 2 * long.unitCvar);
        expect(long.unitCvar).toBeGreaterThanOrEqual(long.unitVar - 1e-12);
      }),
    );
  });

  test('the budget is used up and not passed, alone and in the portfolio', () => {
    fc.assert(
      fc.property(someReturns, someReturns, fc.double({ min: 1, max: 3, noNaN: true }), (returns, portfolio, room) => {
        const before = run({ returns, portfolio }, { maxSize: 1e6 }).portfolioCvar ?? 0;
        const budget = Math.max(1e-4, before * room);
        const output = run({ returns, portfolio }, { portfolioCvarBudget: budget });
        const { bound, size, cvarAtSize, portfolioCvarAfter = 0 } = output;
        expect(size).toBeGreaterThanOrEqual(0);
        expect(cvarAtSize).toBeLessThanOrEqual(0.02 + 1e-12);
        expect(portfolioCvarAfter).toBeLessThanOrEqual(Math.max(budget, before) + 1e-12);
        const used = {
          cvarBudget: [cvarAtSize, 0.02],
          maxSize: [size, 1],
          portfolioCvar: [portfolioCvarAfter, budget],
        };
        const [reached, limit] = bound === 'portfolioBudgetSpent' ? [size, 0] : used[bound];
        expectSubset(reached, limit);
      }),
    );
  });

  test('each limit names itself', () => {
    const { returns, portfolio } = example;
    expect(run(alone, { cvarBudget: 0.5 })).toMatchObject({ size: 1, bound: 'maxSize' });
    expect(run({ returns: Array(20).fill(0.01) })).toMatchObject({ size: 1, bound: 'maxSize', unitCvar: -0.01 });
    expect(run(example, { portfolioCvarBudget: 0.03 })).toMatchObject({ size: 0, bound: 'portfolioBudgetSpent' });
    // A hedge: it lowers what the portfolio may lose, so only its own budget counts, spent or not.
    const hedge = run({ returns: portfolio.map((value) => -value), portfolio }, { portfolioCvarBudget: 0.03 });
    expect(hedge).toMatchObject({ bound: 'cvarBudget' });
    expect(hedge.portfolioCvarAfter).toBeLessThan(hedge.portfolioCvar ?? 0);
    // Without a budget of its own the portfolio is held to that of the position.
    expect(run({ returns, portfolio: portfolio.map((value) => value / 10) }).bound).toBe('portfolioCvar');
    expect(run(alone)).not.toHaveProperty('portfolioCvar');
    expect(run(alone)).not.toHaveProperty('tail');
  });

  test.each([
    ['too few periods', { returns: Array(19).fill(0.1) }, {}, 'input.returns'],
    ['what is not finite', { returns: [...Array(20).fill(0.1), Infinity] }, {}, 'input.returns[20]'],
    ['no tail scenario', alone, { confidence: 0.98 }, 'params.confidence'],
    ['no tail scenario, fhs', alone, { confidence: 0.98, method: 'fhs' }, 'params.confidence'],
    ['no tail scenario of the portfolio', example, { confidence: 0.98, method: 'gaussian' }, 'params.confidence'],
    ['another length', { ...alone, portfolio: Array(39).fill(0) }, {}, 'input.portfolio'],
    ['a tail of 4', alone, { method: 'evt' }, 'params.tailFraction'],
    [
      'a tail short of the confidence',
      alone,
      { method: 'evt', tailFraction: 0.2, confidence: 0.75 },
      'params.tailFraction',
    ],
    ['a flat tail', { returns: Array(40).fill(0.01) }, { method: 'evt', tailFraction: 0.25 }, 'params.tailFraction'],
    ['returns of 0', { returns: Array(40).fill(0) }, { method: 'fhs' }, 'input.returns'],
    ['no budget', alone, { cvarBudget: 0 }, 'params.cvarBudget'],
    ['another side', { ...alone, side: 'both' }, {}, 'input.side'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });
});

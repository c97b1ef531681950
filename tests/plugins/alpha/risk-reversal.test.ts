import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'alpha_risk_reversal';
type Input = PluginInput<typeof id>;
type Expiry = Input['expiries'][number];

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const dayMs = 86_400_000;
const asOf = 20_000 * dayMs;

/** Nineteen strikes of a smile base - 0.08 k + 0.35 k^2 in log moneyness k. */
function smile(forward: number, days: number, base: number, skew = -0.08): Expiry {
  const quotes = Array.from({ length: 19 }, (_, i) => {
    const strike = forward * Math.exp(-0.45 + (0.9 * i) / 18);
    const k = Math.log(strike / forward);
    return {
      strike,
      type: strike < forward ? ('put' as const) : ('call' as const),
      iv: base + skew * k + 0.35 * k * k,
    };
  });
  return { expiry: asOf + days * dayMs, forward, quotes };
}
const chain = (): Input => ({ asOf, expiries: [smile(90_000, 14.25, 0.48), smile(91_000, 77.25, 0.52)] });
const history = (length: number) => Array.from({ length }, (_, i) => -0.05 + 0.02 * Math.sin(i));

describe('alpha_risk_reversal', () => {
  const [example, without] = catalogueCases(id);
  test('the example', () => expectSubset(run(example.input as Input, example.params), example.output, 1e-12));
  test('without history', () => {
    const { history: _, ...input } = without.input;
    const output = run(input as Input, without.params);
    expectSubset(output, without.output, 1e-12);
    expect(output).not.toHaveProperty('z');
  });

  // scipy 1.17.1 norm.cdf, numpy 2.4.6 interp, linear total variance
  test('a drawn chain, as scipy and numpy have it', () => {
    expectSubset(
      run(chain()),
      {
        call25: 0.5032529600185057,
        put25: 0.5200230688346684,
        atm: 0.5048442064170029,
        riskReversal: -0.0167701088161627,
        normalised: -0.033218384212397076,
        butterfly: 0.006793808009584179,
        extrapolated: false,
        confidence: 0.25,
      },
      1e-11,
    );
  });

  test('money in another unit, and the order of the chain, change nothing', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (factor) => {
        const { expiries } = chain();
        const scaled = expiries.map(({ expiry, forward, quotes }) => ({
          expiry,
          forward: forward * factor,
          quotes: quotes.map((quote) => ({ ...quote, strike: quote.strike * factor })).toReversed(),
        }));
        expectSubset(run({ asOf, expiries: scaled.toReversed() }), run(chain()), 1e-9);
      }),
    );
  });

  test('a flat smile has no skew and no wings; a mirrored skew changes its sign', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 1.2, noNaN: true }), (iv) => {
        const flat = smile(100, 30, iv);
        const quotes = flat.quotes.map((quote) => ({ ...quote, iv }));
        const output = run({ asOf, expiries: [{ ...flat, quotes }] });
        expectSubset(output, { atm: iv, call25: iv, put25: iv, extrapolated: false });
        expect(Math.abs(output.riskReversal)).toBeLessThan(1e-12);
        expect(Math.abs(output.butterfly)).toBeLessThan(1e-12);
      }),
    );
    const skewed = (skew: number) => run({ asOf, expiries: [smile(100, 30, 0.5, skew)] }).riskReversal;
    expect(skewed(-0.1)).toBeLessThan(0);
    expect(skewed(0.1)).toBeGreaterThan(0);
  });

  test('an expiry at the tenor is taken as it is; the in-the-money side counts only where the other is missing', () => {
    const expiry = smile(100, 30, 0.5);
    const doubled = expiry.quotes.flatMap((quote) => [
      { ...quote, type: quote.type === 'put' ? ('call' as const) : ('put' as const), iv: 2 },
      quote,
    ]);
    expect(run({ asOf, expiries: [{ ...expiry, quotes: doubled }, smile(100, 60, 0.9)] })).toEqual(
      run({ asOf, expiries: [expiry] }),
    );
    const others = expiry.quotes.map((quote) => ({ ...quote, type: 'call' as const }));
    expect(run({ asOf, expiries: [{ ...expiry, quotes: others }] })).toEqual(run({ asOf, expiries: [expiry] }));
  });

  test('a tenor outside the expiries takes the nearest, at half the confidence', () => {
    const near = run({ asOf, expiries: [smile(100, 40, 0.5), smile(100, 90, 0.7)] });
    expect(near).toMatchObject({ extrapolated: true, confidence: 0.125 });
    expectSubset(near, { atm: run({ asOf, expiries: [smile(100, 40, 0.5)] }, { tenorDays: 40 }).atm });
  });

  test('history: z against the lookback; contrarian is the other side', () => {
    const past = history(60);
    const output = run({ ...chain(), history: past }, { lookback: 40 });
    expect(output.z).toBeDefined();
    expect(output).toEqual(run({ ...chain(), history: past.slice(-40) }, { lookback: 40 }));
    expect(output.confidence).toBe(1);
    expect(run({ ...chain(), history: past }, { lookback: 40, mode: 'contrarian' }).signal).toBe(0 - output.signal);
    expect(run({ ...chain(), history: past.slice(0, 19) })).not.toHaveProperty('z');
    expect(run({ ...chain(), history: past.map(() => -0.05) })).toMatchObject({ z: 0, signal: 0 });
  });

  const [first, second] = chain().expiries;
  const withQuote = (j: number, more: Partial<Expiry['quotes'][number]>) => ({
    ...first,
    quotes: first.quotes.with(j, { ...first.quotes[j], ...more }),
  });
  test.each<[string, Partial<Input>, Record<string, number>, string]>([
    ['no expiry', { expiries: [] }, {}, 'input.expiries'],
    ['expiries that are over', { asOf: asOf + 100 * dayMs }, {}, 'input.expiries'],
    ['a tenor too far away', {}, { tenorDays: 365 }, 'input.expiries'],
    ['percent', { expiries: [withQuote(3, { iv: 48 })] }, {}, 'input.expiries[0].quotes[3].iv'],
    ['a volatility of 0', { expiries: [withQuote(3, { iv: 0 })] }, {}, 'input.expiries[0].quotes[3].iv'],
    ['not finite', { expiries: [second, withQuote(3, { iv: Infinity })] }, {}, 'input.expiries[1].quotes[3].iv'],
    ['an expiry twice', { expiries: [first, { ...second, expiry: first.expiry }] }, {}, 'input.expiries[1].expiry'],
    [
      'a strike twice',
      { expiries: [withQuote(4, { strike: first.quotes[3].strike })] },
      {},
      'input.expiries[0].quotes[4]',
    ],
    ['a forward of 0', { expiries: [{ ...first, forward: 0 }] }, {}, 'input.expiries[0].forward'],
    ['a history with a hole', { history: [0.1, Number.NaN] }, {}, 'input.history[1]'],
    ['two points', {}, { minPoints: 2 }, 'params.minPoints'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run({ ...chain(), ...input }, params)).toThrow(refusedAt(id, path));
  });

  test('says of each expiry why it is of no use', () => {
    const calls = { ...first, quotes: first.quotes.slice(9) };
    const few = { ...second, quotes: second.quotes.slice(8, 10) };
    const jagged = smile(100, 50, 0.5);
    const wild = {
      ...jagged,
      quotes: jagged.quotes.with(9, { ...jagged.quotes[9], iv: 1.9 }).with(10, { ...jagged.quotes[10], iv: 9 }),
    };
    const gone = { ...smile(100, 30, 0.5), expiry: asOf };
    const message =
      /\[0\] deltas from 0\.\d\d to 0\.\d\d only; \[1\] 2 strikes, not 3; \[2\] deltas that do not fall with strike; \[3\] expired/;
    expect(() => run({ asOf, expiries: [calls, few, wild, gone] })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    );
  });
});

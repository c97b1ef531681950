import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { fetching, recorded } from './fetched.ts';

const id = 'alpha_risk_reversal';
const path = '/api/v2/public/get_book_summary_by_currency';

type Payload = {
  asOf: number;
  expiries: { expiry: number; forward: number; quotes: { strike: number; type: string; iv: number }[] }[];
};
type Summary = { instrument_name: string; mark_iv: number };
const chain = JSON.parse(recorded('deribit-book-summary-ETH.json')) as { result: Summary[] };

const fetchChain = async (query: object, result: unknown = chain.result) => {
  const { fetch, asked } = await fetching({ [path]: { jsonrpc: '2.0', result } });
  return { payload: fetch(id, query) as Promise<Payload>, asked };
};

describe('the chain of Deribit', () => {
  test('is taken from the recorded answer: expiries at 08:00 UTC, volatilities as fractions', async () => {
    const { payload, asked } = await fetchChain({ currency: 'ETH' });
    const { asOf, expiries } = await payload;
    expect(asked).toEqual([`www.deribit.com${path}?currency=ETH&kind=option`]);
    expect(new Date(asOf).toISOString()).toBe('2024-01-08T11:19:41.418Z');
    expect(expiries.map(({ expiry }) => new Date(expiry).toISOString())).toEqual(
      ['01-09', '01-10', '01-11', '01-12', '01-19', '01-26', '02-23', '03-29'].map(
        (day) => `2024-${day}T08:00:00.000Z`,
      ),
    );
    expect(expiries[0].quotes[0]).toEqual({ strike: 2_100, type: 'call', iv: 0.8668 });
    expect(expiries[0].forward).toBeCloseTo(2_223.13, 1);
    const quotes = expiries.flatMap(({ quotes: found }) => found);
    expect(quotes).toHaveLength(chain.result.filter(({ mark_iv: iv }) => iv > 0).length);
  });

  test('goes into the plugin: at the money, ETH stood near 60 percent', async () => {
    const { payload } = await fetchChain({ currency: 'ETH', history: [-0.1, 0.05] });
    const { atm, extrapolated } = runPlugin(id, (await payload) as never, { strict: true, params: { tenorDays: 17 } });
    expect(atm).toBeGreaterThan(0.4);
    expect(atm).toBeLessThan(0.9);
    expect(extrapolated).toBe(false);
  });

  test('only with both sides, where that is asked for', async () => {
    const all = await (await fetchChain({ currency: 'ETH' })).payload;
    const { expiries } = await (await fetchChain({ currency: 'ETH', twoSided: true })).payload;
    const count = (found: Payload['expiries']) => found.reduce((sum, { quotes }) => sum + quotes.length, 0);
    expect(count(expiries)).toBeLessThan(count(all.expiries));
    expect(count(expiries)).toBeGreaterThan(0);
  });

  test('with strikes of fractions of a coin', async () => {
    const one = { ...chain.result[0], instrument_name: 'XRP_USDC-26DEC25-0d52-P' };
    const { expiries } = await (await fetchChain({}, [one])).payload;
    expect(expiries[0]).toMatchObject({ expiry: Date.UTC(2025, 11, 26, 8), quotes: [{ strike: 0.52, type: 'put' }] });
  });

  test.each([
    ['an instrument of another form', [{ ...chain.result[0], instrument_name: 'ETH-PERPETUAL' }]],
    ['a month that is none', [{ ...chain.result[0], instrument_name: 'ETH-1FOO25-100-C' }]],
    ['a volatility in words', [{ ...chain.result[0], mark_iv: 'high' }]],
    ['no list', {}],
  ])('with %s is refused', async (_, result) => {
    const { payload } = await fetchChain({}, result);
    await expect(payload).rejects.toMatchObject({ code: 'SourceChanged' });
  });
});

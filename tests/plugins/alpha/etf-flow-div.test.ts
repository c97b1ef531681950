import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_etf_flow_div';
type Row = PluginInput<typeof id>['rows'][number];

const run = (rows: readonly Row[], params = {}) =>
  runPlugin(id, deepFreeze({ rows: [...rows] }), { params, strict: true });

const walk = (start: number, steps: readonly number[]) => {
  let level = 0;
  return steps.map((step) => {
    level += step;
    return start * Math.exp(level);
  });
};
const days = (seed: number, length = 90): Row[] => {
  const [flows, assets, prices] = [0, 1, 2].map((k) => roughSeries(seed + k, length));
  const [aum, price] = [walk(1e11, assets), walk(9e4, prices)];
  return flows.map((flow, i) => ({ t: i * 86_400_000, netFlow: 5e10 * flow, aum: aum[i], price: price[i] }));
};
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_etf_flow_div', () => {
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input['rows'] as Row[], params), output, 1e-12);
  });

  // pandas 3.1.1: (netFlow / aum.shift()).rolling(5).sum(), log(price).diff().rolling(5).sum(), std, corr
  test('drawn rows, as pandas has them', () => {
    expectSubset(
      run(days(11)),
      {
        flow: 0.002562791385199843,
        logReturn: 0.003349999999999298,
        flowZ: 0.7042317023554124,
        returnZ: 0.591491397970157,
        correlation: 0.0017227186234591559,
        divergenceZ: 0.07978818966852876,
        observations: 60,
        divergence: 'none',
      },
      1e-9,
    );
  });

  test('another currency and another coin change nothing', () => {
    const factors = fc.tuple(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
    );
    fc.assert(
      fc.property(seeds, factors, (seed, [money, coin]) => {
        const rows = days(seed);
        const scaled = rows.map((row) => ({
          ...row,
          netFlow: row.netFlow * money,
          aum: row.aum * money,
          price: row.price * coin,
        }));
        expectSubset(run(scaled), run(rows), 1e-6);
      }),
    );
  });

  test('money out where it came in, against the returns that were, is the other side', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rows = days(seed).map((row) => ({ ...row, aum: 1e11 }));
        const turned = rows.map((row) => ({ ...row, netFlow: 0 - row.netFlow, price: 1 / row.price }));
        const [plain, other] = [run(rows), run(turned)];
        expectSubset(
          other,
          { signal: -plain.signal, correlation: plain.correlation, confidence: plain.confidence },
          1e-6,
        );
        expect(run(rows, { mode: 'nonFundamental' }).signal * plain.flowZ).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('only the lookback counts, and what is older than it changes nothing', () => {
    const rows = days(5, 120);
    expect(run(rows)).toEqual(run(rows.slice(-66)));
    expect(run(rows.slice(-30)).observations).toBe(25);
  });

  test('flows that are the returns diverge never; no flows have no z', () => {
    const rows = days(6);
    const mirrored = rows.map((row, i) => ({
      ...row,
      aum: 1e11,
      netFlow: i === 0 ? 0 : 1e11 * Math.log(row.price / rows[i - 1].price),
    }));
    expectSubset(run(mirrored), { correlation: 1, divergenceZ: 0, signal: 0, confidence: 1 });
    const still = rows.map((row) => ({ ...row, netFlow: 0 }));
    expect(run(still)).toMatchObject({ flowZ: 0, correlation: 0, confidence: 0, divergence: 'none' });
    expect(Object.is(run(still, { mode: 'nonFundamental' }).signal, 0)).toBe(true);
  });

  test.each([
    ['bullish', 1, 0.99],
    ['bearish', -1, 1.01],
    ['none', 1, 1.01],
  ])('%s', (divergence, flow, step) => {
    const calm = days(7, 60).map((row) => ({ ...row, netFlow: row.netFlow / 100 }));
    const tail = Array.from({ length: 5 }, (_, i) => ({
      t: (60 + i) * 86_400_000,
      netFlow: flow * 1e9,
      aum: 1e11,
      price: calm[59].price * step ** (i + 1),
    }));
    expect(run([...calm, ...tail]).divergence).toBe(divergence);
  });

  const rows = days(1);
  const withRow = (i: number, more: Partial<Row>) => rows.with(i, { ...rows[i], ...more });
  test.each<[string, Row[], Record<string, unknown>, string]>([
    ['a day twice', withRow(4, { t: rows[3].t }), {}, 'input.rows[4].t'],
    ['a day out of order', withRow(4, { t: rows[2].t }), {}, 'input.rows[4].t'],
    ['no assets', withRow(2, { aum: 0 }), {}, 'input.rows[2].aum'],
    ['no price', withRow(2, { price: -1 }), {}, 'input.rows[2].price'],
    ['not finite', withRow(2, { netFlow: Number.NaN }), {}, 'input.rows[2].netFlow'],
    ['too few days', rows.slice(0, 25), {}, 'input.rows'],
    ['a window too long for the days', rows, { window: 70 }, 'input.rows'],
    ['units against millions', withRow(9, { aum: 100_000 }), {}, 'input.rows[9]'],
    ['no lookback', rows, { lookback: 19 }, 'params.lookback'],
  ])('refuses %s and names the field', (_, given, params, path) => {
    expect(() => run(given, params)).toThrow(refusedAt(id, path));
  });
});

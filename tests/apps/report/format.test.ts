import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  comparison,
  fixed,
  percent,
  plain,
  priceDecimals,
  pValue,
  quoteCurrency,
  seconds,
  sentence,
  signed,
  signedPercent,
  span,
  words,
} from '../../../apps/report/format.ts';

describe('numbers', () => {
  test.each([
    [fixed(1234567.891, 2), '1,234,567.89'],
    [fixed(-1234.5, 1), '−1,234.5'],
    [fixed(-0.0004, 2), '0.00'],
    [fixed(999.999, 2), '1,000.00'],
    [fixed(Infinity, 2), '∞'],
    [fixed(-Infinity, 2), '−∞'],
    [fixed(Number.NaN, 2), 'n/a'],
    [signed(12.34, 1), '+12.3'],
    [signed(-12.34, 1), '−12.3'],
    [signed(0.001, 1), '0.0'],
    [percent(0.28), '28.00%'],
    [signedPercent(0.0921899), '+9.22%'],
    [plain(43), '43'],
    [plain(0.0323912), '0.03239'],
    [plain(0.0323912, 3), '0.0324'],
    [plain(-1234.5678), '−1,235'],
    [plain(0.00001234), '1.23e−5'],
    [plain(0), '0'],
    [pValue(0.0004), '< 0.001'],
    [pValue(0.0171), '0.017'],
    [seconds(0.234), '0.23 s'],
    [seconds(75.2), '1 min 15 s'],
    [span(45 * 60_000), '45 min'],
    [span(7.5 * 3_600_000), '7.5 h'],
    [span(76 * 3_600_000), '3.2 d'],
  ])('%s', (shown, expected) => {
    expect(shown.replaceAll('\u00A0', ' ')).toBe(expected);
  });

  test('grouping never changes the number', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.integer({ min: 0, max: 8 }),
        (value, decimals) => {
          const read = Number(fixed(value, decimals).replaceAll(',', '').replace('−', '-'));
          expect(read).toBeCloseTo(Number(value.toFixed(decimals)), 12);
        },
      ),
    );
  });

  test.each([
    [[60497.99, 60610.45], 2],
    [[0.08199, 0.1], 5],
    [[4.986753940582275], 6],
    [[102, 103], 0],
    [[], 0],
  ])('prices %j need %i decimals', (prices, decimals) => {
    expect(priceDecimals(Float64Array.from(prices))).toBe(decimals);
  });
});

test.each([
  [words('informationCoefficient'), 'information coefficient'],
  [words('signal_frequency_low'), 'signal frequency low'],
  [words('IC <= 0, one-sided'), 'IC <= 0, one-sided'],
  [sentence('futility'), 'Futility'],
  [comparison('abs(winRate - 0.5) >= 0.005'), 'abs(winRate − 0.5) ≥ 0.005'],
  [comparison('mean <= -0.1, one-sided'), 'mean ≤ −0.1, one-sided'],
  [quoteCurrency('BTC/USDT:USDT'), 'USDT'],
  [quoteCurrency('nonsense'), ''],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected);
});

import { expect, it } from 'vitest';
import { count, grouped, percent, price, sparkline, strategyCount, utcTime } from '../../../apps/cli/format.ts';

it('numbers and times for people', () => {
  expect(percent(0.12345)).toBe('12.35 %');
  expect(grouped(-1234.5)).toBe('-1,234.50');
  expect(count(8448)).toBe('8,448');
  expect([price(64_123.456), price(0.000012345678), price(12.5)]).toEqual(['64,123.46', '0.0000123457', '12.5']);
  expect(utcTime(Date.UTC(2024, 5, 15, 13))).toBe('2024-06-15 13:00');
  expect(utcTime(Date.UTC(2024, 5, 15))).toBe('2024-06-15');
  expect([1, 2].map(strategyCount)).toEqual(['1 strategy', '2 strategies']);
});

it('a curve in one line', () => {
  expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([5, 5, 5])).toBe('▁▁▁');
  expect(sparkline([])).toBe('');
  const long = Array.from({ length: 1000 }, (_, index) => index);
  expect(sparkline(long, 10)).toHaveLength(10);
  expect(sparkline(long, 10).endsWith('█')).toBe(true);
});

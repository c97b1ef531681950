import { expect, test } from 'vitest';
import { epochToMs, isoToMs } from '../../../adapters/market-data/timestamps.ts';

const jan2025Ms = 1_735_689_600_000;

test.each([
  ['s', jan2025Ms / 1e3],
  ['ms', jan2025Ms],
  ['µs', jan2025Ms * 1e3],
  ['ns', jan2025Ms * 1e6],
])('epoch %s', (_, value) => {
  const times = Float64Array.of(value);
  epochToMs(times);
  expect(times[0]).toBe(jan2025Ms);
});

test('a file does not mix units: what does not fit the first becomes no time', () => {
  const times = Float64Array.of(jan2025Ms, jan2025Ms / 1e3, jan2025Ms + 1);
  epochToMs(times);
  expect([...times]).toEqual([jan2025Ms, Number.NaN, jan2025Ms + 1]);
});

test.each([20250101, 45658, 1e11, -1, 0])('%d is a time in no unit', (value) => {
  const times = Float64Array.of(value);
  epochToMs(times);
  expect(times[0]).toBeNaN();
});

test.each([
  ['2025-01-01', jan2025Ms],
  ['2025-01-01 00:00', jan2025Ms],
  ['2025-01-01T00:00:00Z', jan2025Ms],
  ['2025-01-01 00:00:00+00:00', jan2025Ms],
  ['2025-01-01 00:00:00 UTC', jan2025Ms],
  ['2025-01-01T02:00:00.000+02:00', jan2025Ms],
  ['2024-12-31T19:30:00-0430', jan2025Ms],
  ['2025-01-01 00:00:00.250000000', jan2025Ms + 250],
])('%s', (text, ms) => expect(isoToMs(text)).toBe(ms));

test.each([
  '01/02/2025',
  '2025-02-30',
  '2025-13-01',
  '2025-01-01 24:00',
  '2025-01-01 00:60',
  '1735689600000',
  '1969-01-01',
  'now',
  '',
])('%j is no ISO time', (text) => expect(isoToMs(text)).toBeNaN());

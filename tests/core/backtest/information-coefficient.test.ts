import { expect, it } from 'vitest';
import { informationCoefficient } from '../../../core/backtest/information-coefficient.ts';

const open = Float64Array.from({ length: 200 }, (_, bar) => 100 + 10 * Math.sin(bar * 1.7) + bar / 50);
const perfect = Float64Array.from(open, (_, bar) => (open[bar + 2] ?? NaN) / (open[bar + 1] ?? NaN) - 1);

it('is 1 for a forecast of the return that could be had, open to open from the next bar', () => {
  expect(informationCoefficient(perfect, open)).toEqual({ ic: 1, pairs: 198 });
  expect(
    informationCoefficient(
      perfect.map((value) => -value),
      open,
    )?.ic,
  ).toBeCloseTo(-1, 12);
});

it('leaves missing forecasts out', () => {
  const late = perfect.map((value, bar) => (bar < 50 ? NaN : value));
  expect(informationCoefficient(late, open)?.pairs).toBe(148);
});

it('needs 100 pairs and a forecast that varies', () => {
  expect(
    informationCoefficient(
      perfect.map((value, bar) => (bar < 99 ? NaN : value)),
      open,
    ),
  ).toBeUndefined();
  expect(
    informationCoefficient(
      perfect.map(() => 1),
      open,
    ),
  ).toBeUndefined();
});

it('takes the position decided as well', () => {
  const position = Int8Array.from(perfect, (value) => Math.sign(value));
  expect(informationCoefficient(position, open)?.ic).toBeGreaterThan(0.8);
});

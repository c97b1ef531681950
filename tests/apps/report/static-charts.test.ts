import { expect, test } from 'vitest';
import { drawdowns, equityDrawing, sparkline } from '../../../apps/report/static-charts.ts';

test('the start equity is the first peak', () => {
  expect([...drawdowns(Float64Array.of(90, 120, 60, 120), 100)]).toEqual(
    [-0.1 + 0, 0, -0.5, 0].map((v) => expect.closeTo(v, 12)),
  );
});

test('a flat curve and a single mark are drawn without a NaN', () => {
  const flat = { timeMs: Float64Array.of(0, 3_600_000), equity: Float64Array.of(10_000, 10_000) };
  const one = { timeMs: Float64Array.of(0), equity: Float64Array.of(10_000) };
  for (const curve of [flat, one]) {
    expect(equityDrawing(curve, 10_000).markup).not.toMatch(/NaN|undefined/);
    expect(sparkline(curve, 10_000).markup).not.toMatch(/NaN|undefined/);
  }
});

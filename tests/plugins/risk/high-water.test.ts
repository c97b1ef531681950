import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { highWaterOfAllTime, highWaterOfWindow } from '../../../plugins/risk/high-water.ts';

const values = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 });

test('the mark is the maximum: of all, or of the window', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (series, windowMs) => {
      const [all, rolling] = [highWaterOfAllTime(), highWaterOfWindow(windowMs)];
      series.forEach((value, t) => {
        expect(all.take({ t, value })).toBe(Math.max(...series.slice(0, t + 1)));
        expect(rolling.take({ t, value })).toBe(Math.max(...series.slice(Math.max(0, t + 1 - windowMs), t + 1)));
      });
    }),
  );
});

test('its entries are enough to go on, dropped or not', () => {
  fc.assert(
    fc.property(values, values, fc.integer({ min: 1, max: 20 }), (before, after, windowMs) => {
      const water = highWaterOfWindow(windowMs);
      before.forEach((value, t) => water.take({ t, value }));
      const kept = before.map((value, t) => ({ t, value })).filter(({ t }) => t > before.length - 1 - windowMs);
      const others = [water.entries(), kept].map((entries) => highWaterOfWindow(windowMs, entries));
      after.forEach((value, i) => {
        const now = { t: before.length + i, value };
        const mark = water.take(now);
        expect(others.map((other) => other.take(now))).toEqual([mark, mark]);
      });
    }),
  );
});

test('scales with money that comes and goes, and forgets on a restart', () => {
  for (const water of [highWaterOfAllTime(), highWaterOfWindow(10)]) {
    water.take({ t: 0, value: 8 });
    water.scale(1.5);
    expect(water.take({ t: 1, value: 3 })).toBe(12);
    water.restart();
    expect(water.take({ t: 2, value: 2 })).toBe(2);
  }
});

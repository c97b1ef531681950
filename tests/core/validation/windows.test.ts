import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bars } from '../../../core/market/bars.ts';
import { dayMs, type Timeframe, timeframeMs } from '../../../core/market/timeframe.ts';
import { holdoutFromMs, marketBefore, windowBeforeHoldout } from '../../../core/validation/windows.ts';

const startMs = Date.UTC(2020, 0, 1);

function history(days: number, timeframe: Timeframe = '1h'): Bars {
  const step = timeframeMs[timeframe];
  const length = Math.round((days * dayMs) / step);
  const timeMs = Float64Array.from({ length }, (_, i) => startMs + i * step);
  const flat = new Float64Array(length).fill(100);
  return { symbol: 'BTC/USDT', timeframe, timeMs, open: flat, high: flat, low: flat, close: flat, volume: flat };
}

const asked = (all: Bars, name: string, askedMs: number) => windowBeforeHoldout(all, name, askedMs, holdoutFromMs(all));

describe('holdoutFromMs', () => {
  // 20 % of 1,000 days is 200 days; 20 % of 3,000 would be 600, so the limit of a year holds.
  test.each([
    [1_000, 200],
    [3_000, 365],
    [1_825, 365],
  ])('of %i days the last %i are sealed', (days, sealed) => {
    expect(holdoutFromMs(history(days, '1d'))).toBe(startMs + (days - sealed) * dayMs);
  });
});

describe('windowBeforeHoldout', () => {
  test('takes what was asked, up to the holdout and not a bar of it', () => {
    const { bars, window, tooShort } = asked(history(1_000), 'L0', 182.5 * dayMs);
    expect(tooShort).toBe(false);
    expect(window).toEqual({
      name: 'L0',
      fromMs: startMs + (800 - 182.5) * dayMs,
      toMs: startMs + 800 * dayMs - 3_600_000,
      bars: 4_380,
    });
    expect(bars.close).toHaveLength(4_380);
  });

  test('says when less is there, and refuses under half of it', () => {
    // 200 days: 160 before the holdout, 182.5 asked.
    expect(asked(history(200), 'L0', 182.5 * dayMs)).toMatchObject({
      tooShort: false,
      window: { bars: 160 * 24, note: '182.5 d asked, 160 d there' },
    });
    // 100 days: 80 before the holdout, under half of 182.5.
    expect(asked(history(100), 'L0', 182.5 * dayMs)).toMatchObject({
      tooShort: true,
      window: { note: '182.5 d asked, 80 d there' },
    });
  });

  test('of no bars at all is empty and too short', () => {
    expect(asked(history(0), 'L0', dayMs)).toMatchObject({ tooShort: true, window: { bars: 0 } });
  });

  test('never reaches into the holdout, whatever the history', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 2_000, noNaN: true }),
        fc.double({ min: 1, max: 400, noNaN: true }),
        fc.constantFrom<Timeframe>('4h', '1d', '12h'),
        (days, askedDays, timeframe) => {
          const all = history(days, timeframe);
          const { bars } = asked(all, 'L0', askedDays * dayMs);
          const last = bars.timeMs.at(-1);
          if (last === undefined) return;
          expect(last + timeframeMs[timeframe]).toBeLessThanOrEqual(holdoutFromMs(all));
          expect(last - (bars.timeMs[0] ?? last)).toBeLessThanOrEqual(askedDays * dayMs);
        },
      ),
    );
  });
});

describe('marketBefore', () => {
  test('leaves no bar that was open at the time, nor funding from it on', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 40, noNaN: true }),
        fc.constantFrom<Timeframe>('1h', '4h', '1d'),
        (days, timeframe) => {
          const bars = history(30, timeframe);
          const toMs = startMs + days * dayMs;
          const funding = { symbol: 'BTC/USDT', timeMs: bars.timeMs, rate: bars.open };
          const before = marketBefore({ bars, funding }, toMs);
          const closes = Array.from(bars.timeMs, (openMs) => openMs + timeframeMs[timeframe]);
          expect(before.bars.timeMs).toHaveLength(closes.filter((closeMs) => closeMs <= toMs).length);
          expect(before.bars.volume).toHaveLength(before.bars.timeMs.length);
          expect(before.funding?.timeMs.filter((ms) => ms >= toMs)).toHaveLength(0);
          expect(before.funding?.rate).toHaveLength(before.funding?.timeMs.length ?? -1);
        },
      ),
    );
  });
});

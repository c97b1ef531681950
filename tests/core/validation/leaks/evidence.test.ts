import { describe, expect, test } from 'vitest';
import { type Bars, sliceBars } from '../../../../core/market/bars.ts';
import { strategyColumns } from '../../../../core/strategy/look-ahead.ts';
import { gatherEvidence } from '../../../../core/validation/leaks/evidence.ts';
import { judgeLaterBars } from '../../../../core/validation/leaks/later-bars.ts';
import { fixtureBars } from '../../../fixture-files.ts';
import { shippedStrategies } from '../../../shipped-strategies.ts';

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 1_200);
const none = { cut: [], noise: [] };

describe('shipped strategies see no later bar', () => {
  test.each(shippedStrategies())('$id', ({ strategy }) => {
    expect(gatherEvidence(strategyColumns(strategy, {}), bars)).toEqual(none);
  });
});

describe('a planted leak is caught, and called by its name', () => {
  const shifted = (by: number) => (part: Bars) => ({
    later: part.close.map((_, bar) => part.close[bar + by] ?? NaN),
  });
  const named = (columns: Parameters<typeof gatherEvidence>[0]) =>
    Object.keys(judgeLaterBars(gatherEvidence(columns, bars), bars));

  test('of one bar', () => {
    const { cut } = gatherEvidence(shifted(1), bars);
    expect(cut[0]).toMatchObject({ column: 'later', without: NaN });
    expect(cut.every(({ bar, after }) => bar === after)).toBe(true);
    expect(named(shifted(1))).toEqual(['prefix', 'noise', 'next-bar']);
  });

  test('of five bars', () => {
    expect(named(shifted(5))).toEqual(['prefix', 'noise', 'repainting']);
  });

  test.each([6, 24, 168])('of the end of %i hours', (hours) => {
    // Weeks end on Sunday, 4 days before the epoch's.
    const frameOf = (timeMs: number) => Math.floor((timeMs / 3_600_000 - (hours === 168 ? 96 : 0)) / hours);
    const columns = ({ timeMs, close }: Bars) => {
      const last = new Map(Array.from(timeMs, (time, bar) => [frameOf(time), close[bar]]));
      return { last: timeMs.map((time) => last.get(frameOf(time)) ?? NaN) };
    };
    expect(named(columns)).toEqual(['prefix', 'noise', 'resampled']);
  });

  test('of the whole series, as a sum over everything', () => {
    const total = ({ close }: Bars) => ({ level: close.map(() => close.reduce((sum, value) => sum + value, 0)) });
    expect(named(total)).toEqual(['prefix', 'noise', 'full-sample']);
  });

  test('of the length alone', () => {
    expect(named(({ close }: Bars) => ({ half: close.map((_, bar) => Number(2 * bar < close.length)) }))).toEqual([
      'prefix',
    ]);
  });

  test('that hides from a cut, when noise comes later', () => {
    const end = bars.close.length;
    const knows = (part: Bars) => {
      const seen = part.close.length === end ? part : bars;
      return { mean: part.close.map(() => seen.close[end - 1]) };
    };
    const { cut, noise } = gatherEvidence(knows, bars);
    expect([cut, noise.length > 0]).toEqual([[], true]);
  });
});

test('finds the same evidence for the same seed, and none in a single bar', () => {
  const total = ({ volume }: Bars) => ({ level: volume.map(() => volume.reduce((sum, value) => sum + value, 0)) });
  expect(gatherEvidence(total, bars, { seed: 7 })).toEqual(gatherEvidence(total, bars, { seed: 7 }));
  expect(gatherEvidence(total, sliceBars(bars, 0, 1))).toEqual(none);
});

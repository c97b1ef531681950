import { describe, expect, test } from 'vitest';
import { type Bars, sliceBars } from '../../../core/market/bars.ts';
import { checkLookAhead, strategyColumns } from '../../../core/strategy/look-ahead.ts';
import { fixtureBars } from '../../fixture-files.ts';
import { shippedStrategies } from '../../shipped-strategies.ts';

const bars = sliceBars(fixtureBars('ohlcv/ETH-USDT-1h.csv', 'ETH/USDT', '1h'), 0, 1_200);

describe('shipped strategies see no later bar', () => {
  test.each(shippedStrategies())('$id', ({ strategy }) => {
    expect(checkLookAhead(strategyColumns(strategy, {}), bars)).toBeUndefined();
  });
});

describe('a planted leak is caught', () => {
  const shifted = (values: Float64Array, by: number) => values.map((_, bar) => values[bar + by] ?? NaN);

  test('of one bar, when the end is cut off', () => {
    const leak = checkLookAhead(({ close }: Bars) => ({ close, tomorrow: shifted(close, 1) }), bars);
    expect(leak).toMatchObject({ column: 'tomorrow', by: 'cut' });
    expect(leak?.bar).toBe(leak?.after);
  });

  test('that hides from a cut, when noise comes later', () => {
    const knows = ({ close }: Bars) => ({
      mean: close.map(() => (close.length === bars.close.length ? close[1_199] : NaN)),
    });
    const cutBlind = (part: Bars) => (part.close.length === bars.close.length ? knows(part) : knows(bars));
    expect(checkLookAhead(cutBlind, bars)).toMatchObject({ column: 'mean', by: 'noise' });
  });

  test('of the whole series, as a mean over everything', () => {
    const total = ({ close }: Bars) => ({ level: close.map(() => close.reduce((sum, value) => sum + value, 0)) });
    expect(checkLookAhead(total, bars)?.column).toBe('level');
  });
});

test('finds the same leak for the same seed', () => {
  const total = ({ volume }: Bars) => ({ level: volume.map(() => volume.reduce((sum, value) => sum + value, 0)) });
  expect(checkLookAhead(total, bars, { seed: 7 })).toEqual(checkLookAhead(total, bars, { seed: 7 }));
  expect(checkLookAhead(total, sliceBars(bars, 0, 1))).toBeUndefined();
});

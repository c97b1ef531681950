import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestName } from '../../core/nearest.ts';

describe('nearestName', () => {
  test.each([
    ['timefame', ['timeframe', 'universe'], 'timeframe'],
    ['exitLnog', ['enterLong', 'exitLong', 'exitShort'], 'exitLong'],
    ['SMA', ['ema', 'sma'], 'sma'],
    ['smaa', ['ema', 'sma', 'wma'], 'sma'],
    ['notes', ['id', 'name', 'sizing'], undefined],
    ['anything', [], undefined],
  ])('%s among %j is %s', (name, known, expected) => {
    expect(nearestName(name, known)).toBe(expected);
  });

  test('a known name is its own nearest, and one edit away is still found', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (name, at) => {
        const position = at % name.length;
        const shortened = name.slice(0, position) + name.slice(position + 1);
        expect(nearestName(name, [name, '###########'])).toBe(name);
        expect(nearestName(shortened, [name])).toBe(name);
      }),
    );
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimeRange, windowOf } from '../../../core/market/time-range.ts';

test.each([
  ['20210101-20220101', { fromMs: Date.UTC(2021, 0, 1), toMs: Date.UTC(2022, 0, 1) }],
  ['20210101-', { fromMs: Date.UTC(2021, 0, 1) }],
  ['-20240229', { toMs: Date.UTC(2024, 1, 29) }],
])('%s', (text, range) => expect(parseTimeRange(text)).toEqual(range));

test.each([
  '',
  '-',
  '2021-2022',
  '20210101',
  '20230229-',
  '20211301-',
  '20220101-20210101',
  '20210101-20210101',
  '20210101-x',
])('refuses %o and says how a range is written', (text) => {
  expect(() => parseTimeRange(text)).toThrow(
    expect.objectContaining({ code: 'Usage', place: expect.objectContaining({ path: '--timerange', found: text }) }),
  );
});

test('the window holds exactly the times in the range, the first of them when they are limited', () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 50 })).map((list) => list.toSorted((a, b) => a - b));
  const limit = fc.option(fc.integer({ min: -5, max: 55 }), { nil: undefined });
  fc.assert(
    fc.property(
      times,
      limit,
      limit,
      fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      (list, fromMs, toMs, bars) => {
        const range = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
        const { from, to } = windowOf(Float64Array.from(list), range, bars);
        const expected = list.filter((t) => t >= (fromMs ?? -Infinity) && t < (toMs ?? Infinity)).slice(0, bars);
        expect(list.slice(from, Math.max(from, to))).toEqual(expected);
      },
    ),
  );
});

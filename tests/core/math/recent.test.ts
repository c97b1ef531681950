import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleDeviation } from '../../../core/math/moments.ts';
import { createRecent } from '../../../core/math/recent.ts';

test('holds the newest values in order, wherever the stream began', () => {
  const values = fc.array(fc.integer(), { maxLength: 500 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 200 }), fc.nat(500), (stream, keep, place) => {
      const recent = createRecent(keep, stream.slice(0, place));
      for (const value of stream.slice(place)) recent.push(value);
      expect([...recent.values()]).toEqual(stream.slice(-keep));
    }),
  );
});

test('a large limit costs nothing until it is needed', () => {
  const recent = createRecent(Number.MAX_SAFE_INTEGER, [1, 2]);
  expect([...recent.values()]).toEqual([1, 2]);
});

test('counts what is there, and its deviation is that of a sample', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (stream, keep) => {
      const recent = createRecent(keep, stream);
      expect(recent.count()).toBe(Math.min(keep, stream.length));
      expect(recent.deviation()).toBe(sampleDeviation(recent.values()));
    }),
  );
});

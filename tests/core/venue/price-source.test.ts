import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { createRecordedSource, createSyntheticSource, tradesOfBars } from '../../../core/venue/price-source.ts';
import { createSubstreams } from '../../../core/venue/substreams.ts';

test('a bar becomes trades that touch open, extremes and close, in time, and sum to the volume', () => {
  const bar = fc.tuple(
    fc.double({ min: 1, max: 100, noNaN: true }),
    fc.double({ min: 1, max: 100, noNaN: true }),
    fc.double({ min: 0, max: 10, noNaN: true }),
    fc.double({ min: 0, max: 0.9, noNaN: true }),
  );
  fc.assert(
    fc.property(bar, fc.integer(), ([open, close, up, down], seed) => {
      const high = Math.max(open, close) + up;
      const low = Math.min(open, close) * (1 - down);
      const trades = tradesOfBars([[60_000, open, high, low, close, 12]], 60_000, createPrng(seed));
      const prices = trades.map(({ price }) => price);
      expect([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)]).toEqual([open, high, low, close]);
      expect(trades.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(12, 9);
      expect(
        trades.every(({ timeMs }, index) => timeMs >= (trades[index - 1]?.timeMs ?? 60_000) && timeMs < 120_000),
      ).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('the yearly volatility of a synthetic price is what was asked for, regimes mixed', () => {
  const source = createSyntheticSource({
    price: 100,
    startMs: 0,
    volatility: 0.5,
    jumpsPerDay: 0,
    prng: createPrng(3),
  });
  const hourMs = 3_600_000;
  const prices = Array.from({ length: 20_000 }, (_, hour) => source.advance((hour + 1) * hourMs).price);
  const changes = prices.slice(1).map((price, index) => Math.log(price / (prices[index] ?? price)));
  const yearly = Math.sqrt((changes.reduce((sum, change) => sum + change * change, 0) / changes.length) * 8760);
  expect(yearly).toBeGreaterThan(0.5);
  expect(yearly).toBeLessThan(1);
});

test('a recording gives each trade once, at its time', () => {
  const trades = [5, 10, 10, 30].map((timeMs) => ({ timeMs, price: timeMs, quantity: 1, buyerIsMaker: false }));
  const source = createRecordedSource(trades);
  expect([9, 10, 20, 100].map((ms) => source.advance(ms).trades.length)).toEqual([1, 2, 0, 1]);
  expect(source.advance(200)).toEqual({ price: 30, trades: [] });
});

test('a draw from one stream of chance leaves the others as they were', () => {
  const one = createSubstreams(9);
  const other = createSubstreams(9);
  for (let draw = 0; draw < 100; draw += 1) one.faults.nextUint32();
  expect(one.market.nextUint32()).toBe(other.market.nextUint32());
  expect(one.ids.nextUint32()).toBe(other.ids.nextUint32());
});

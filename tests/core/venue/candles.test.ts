import { expect, test } from 'vitest';
import {
  addTrade,
  candlesOf,
  closeOf,
  minuteMs,
  openMinutes,
  openOf,
  type Candles,
} from '../../../core/venue/candles.ts';

const trade = (timeMs: number, price: bigint, quantity = 1n, takerSide: 'buy' | 'sell' = 'buy') => ({
  tradeId: timeMs,
  market: 'X',
  price,
  quantity,
  takerSide,
  buyerOrderId: 1,
  sellerOrderId: 2,
  timeMs,
});

test('minutes without a gap: a quiet one is flat at the last close, the first trade opens', () => {
  const minutes: Candles = [];
  addTrade(minutes, trade(10_000, 100n));
  addTrade(minutes, trade(20_000, 120n, 2n, 'sell'));
  addTrade(minutes, trade(3 * minuteMs + 1, 90n));
  openMinutes(minutes, 4 * minuteMs);
  expect(
    minutes.map(({ openMs, open, high, low, close, volume, trades }) => [
      openMs / minuteMs,
      open,
      high,
      low,
      close,
      volume,
      trades,
    ]),
  ).toEqual([
    [0, 100n, 120n, 100n, 120n, 3n, 2],
    [1, 120n, 120n, 120n, 120n, 0n, 0],
    [2, 120n, 120n, 120n, 120n, 0n, 0],
    [3, 90n, 90n, 90n, 90n, 1n, 1],
    [4, 90n, 90n, 90n, 90n, 0n, 0],
  ]);
  expect(minutes[0]).toMatchObject({ notional: 340n, takerBuyVolume: 1n, takerBuyNotional: 100n });
  const [all] = candlesOf(minutes, { ms: 5 * minuteMs }, { fromMs: 0, toMs: 5 * minuteMs, limit: 1 });
  expect(all).toMatchObject({ open: 100n, high: 120n, low: 90n, close: 90n, volume: 4n, trades: 3 });
});

test('weeks begin on Monday, months on the first', () => {
  const wednesday = Date.UTC(2026, 10, 25, 13);
  expect(new Date(openOf({ ms: 7 * 86_400_000 }, wednesday)).toISOString()).toBe('2026-11-23T00:00:00.000Z');
  const november = openOf({ ms: 31 * 86_400_000, month: true }, wednesday);
  expect(new Date(november).toISOString()).toBe('2026-11-01T00:00:00.000Z');
  expect(closeOf({ ms: 31 * 86_400_000, month: true }, november)).toBe(Date.UTC(2026, 11, 1) - 1);
});

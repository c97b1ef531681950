import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../core/market/timeframe.ts';
import { holdoutOf, marketOf, type SeenMarket } from '../../../core/validation/holdout.ts';

const start = Date.UTC(2024, 0, 1);
const at = (day: number) => start + day * dayMs;
const look = (market: string, day: number): SeenMarket => ({
  market,
  toMs: at(day),
  by: 'ada',
  face: 'backtest',
  atMs: at(400),
});
/** A holdout of 200 days, from day 0 to day 200. */
const holdout = (seen: readonly SeenMarket[], symbols = ['BTC/USDT:USDT', 'ETH/USDT:USDT']) =>
  holdoutOf({ symbols, sealedFromMs: at(0), endMs: at(200), seen });

describe('holdoutOf', () => {
  test.each<[string, readonly SeenMarket[], string, number]>([
    ['nobody looked', [], 'sealed', 0],
    ['looks that ended before it', [look('BTC/USDT', 0), look('ETH/USDT', -50)], 'sealed', 0],
    ['another market', [look('SOL/USDT', 200)], 'sealed', 0],
    ['its first half, to the day', [look('BTC/USDT', 100)], 'partlySeen', 100],
    ['more than half', [look('BTC/USDT', 101)], 'seen', 101],
    ['the second market further than the first', [look('BTC/USDT', 10), look('ETH/USDT', 60)], 'partlySeen', 60],
    ['all of it', [look('ETH/USDT', 200)], 'seen', 200],
    ['more than there is now', [look('ETH/USDT', 300)], 'seen', 200],
  ])('%s', (_, seen, state, fromDay) => {
    expect(holdout(seen)).toMatchObject({ state, fromMs: at(fromDay), toMs: at(200) });
  });

  test('says who saw what, and until when data must have come', () => {
    expect(holdout([look('BTC/USDT', 150)]).note).toBe(
      'results of this family were seen up to 2024-05-30 (BTC/USDT, backtest by ada on 2025-02-04), the holdout began on ' +
        '2024-01-01: 100 unseen days are needed, there by 2024-09-07',
    );
    expect(holdout([look('BTC/USDT', 50)]).note).toMatch(/up to 2024-02-20 .*: the holdout begins there$/);
    expect(holdout([]).note).toBe('');
  });

  test('never hands out a seen bar, and never less than half', () => {
    const looks = fc.array(
      fc.record({ market: fc.constantFrom('BTC/USDT', 'ETH/USDT'), day: fc.integer({ min: -99, max: 250 }) }),
    );
    fc.assert(
      fc.property(looks, (seen) => {
        const { state, fromMs, toMs } = holdout(seen.map(({ market, day }) => look(market, day)));
        if (state === 'seen') return;
        for (const { day } of seen) expect(fromMs).toBeGreaterThanOrEqual(Math.min(at(day), toMs));
        expect(toMs - fromMs).toBeGreaterThanOrEqual(100 * dayMs);
      }),
    );
  });
});

test('a pair is one market, whatever it is settled in', () => {
  expect(['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USDT:BTC'].map(marketOf)).toEqual(Array(3).fill('BTC/USDT'));
});

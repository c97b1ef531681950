import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../core/backtest/engine.ts';
import { type BacktestOptions, type BacktestResult, metricNames } from '../../../core/backtest/types.ts';
import { type Bars, sliceBars } from '../../../core/market/bars.ts';
import { differences, near } from '../../near.ts';
import { type RandomMarket, randomMarket, randomOptions } from './random-run.ts';

function run(markets: readonly RandomMarket[], options: BacktestOptions): BacktestResult {
  const plans = new Map(markets.map(({ market, plan }) => [market.bars, plan]));
  const evaluate = (bars: Bars) =>
    plans.get(bars) ?? { exits: {}, sizing: { method: 'fraction', fraction: 1 } as const };
  return runBacktest(
    { evaluate },
    markets.map(({ market }) => market),
    options,
  );
}

const oneMarket = randomMarket('A').map((market) => [market]);
const markets = fc.oneof(
  oneMarket,
  fc.tuple(randomMarket('A'), randomMarket('B')),
  fc.tuple(randomMarket('A', '4h'), randomMarket('B', '4h'), randomMarket('C', '4h')),
);

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const outline = ({ trades }: BacktestResult) =>
  trades.map(({ symbol, entryBar, exitBar, pnl }) => `${symbol} ${entryBar} ${exitBar} ${pnl}`).toSorted();

/** Money that went through the books: what rounding is relative to. */
const scale = ({ trades, startEquity }: BacktestResult) =>
  startEquity + total(trades.map(({ quantity, entryPrice, exitPrice }) => quantity * (entryPrice + exitPrice)));

describe('accounting identities', () => {
  it('start equity + net pnl of all trades = final equity, when closed at the end', () => {
    fc.assert(
      fc.property(markets, randomOptions, (list, options) => {
        const result = run(list, { ...options, closeAtEnd: true });
        const expected = result.startEquity + total(result.trades.map(({ pnl }) => pnl));
        expect(Math.abs(result.finalEquity - expected)).toBeLessThanOrEqual(1e-9 * scale(result));
        expect(result.counts).toMatchObject({ openAtEnd: 0, entries: result.trades.length });
      }),
      { numRuns: 500 },
    );
  });

  it('gross pnl - fees - funding = net pnl, trade by trade and in the sums', () => {
    fc.assert(
      fc.property(markets, randomOptions, (list, options) => {
        const result = run(list, { ...options, closeAtEnd: true });
        for (const { side, quantity, entryPrice, exitPrice, fees, funding, pnl, returnFraction } of result.trades) {
          const gross = (side === 'long' ? 1 : -1) * quantity * (exitPrice - entryPrice);
          expect(Math.abs(gross - fees - funding - pnl)).toBeLessThanOrEqual(
            1e-9 * quantity * (entryPrice + exitPrice),
          );
          expect(near(returnFraction, pnl / (entryPrice * quantity))).toBe(true);
        }
        const { feesPaid, fundingPaid } = result.metrics;
        expect([
          ...differences('feesPaid', feesPaid, total(result.trades.map(({ fees }) => fees))),
          ...differences('fundingPaid', fundingPaid, total(result.trades.map(({ funding }) => funding))),
        ]).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('an open position is worth its mark: closing it at no cost changes nothing', () => {
    fc.assert(
      fc.property(markets, randomOptions, (list, options) => {
        const free = { ...options, costs: { feeBps: 0, slippageBps: 0 } };
        const open = run(list, { ...free, closeAtEnd: false, fill: 'nextOpen' });
        const closed = run(list, { ...free, closeAtEnd: true, fill: 'nextOpen' });
        expect(Math.abs(open.finalEquity - closed.finalEquity)).toBeLessThanOrEqual(1e-9 * scale(closed));
      }),
    );
  });
});

describe('a run', () => {
  it('never holds two positions of a market at once, and lives inside its bars', () => {
    fc.assert(
      fc.property(oneMarket, randomOptions, (list, options) => {
        const { trades } = run(list, options);
        for (const [index, trade] of trades.entries()) {
          expect(trade.exitBar).toBeGreaterThanOrEqual(trade.entryBar);
          expect(trade.entryBar).toBeGreaterThanOrEqual(trades[index - 1]?.exitBar ?? 0);
          expect(trade.quantity).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('does not depend on the order of the universe', () => {
    fc.assert(
      fc.property(
        fc.tuple(randomMarket('A'), randomMarket('B'), randomMarket('C')),
        randomOptions,
        ([a, b, c], options) => {
          const [one, other] = [run([a, b, c], options), run([c, a, b], options)];
          expect(other.counts).toEqual(one.counts);
          expect(outline(other)).toEqual(outline(one));
          expect(Math.abs(other.finalEquity - one.finalEquity)).toBeLessThanOrEqual(1e-9 * scale(one));
        },
      ),
    );
  });

  it('sees nothing of the bars after it: a longer history begins the same', () => {
    fc.assert(
      fc.property(oneMarket, randomOptions, fc.integer({ min: 1, max: 60 }), ([whole], options, cut) => {
        if (whole === undefined) return;
        const { bars, funding } = whole.market;
        const size = Math.min(cut, bars.timeMs.length);
        const start = { ...whole, market: { bars: sliceBars(bars, 0, size), funding } };
        const long = run([whole], { ...options, closeAtEnd: false });
        const short = run([start], { ...options, closeAtEnd: false });
        // The last bar of the short run decides nothing with nextOpen; everything before it is the same.
        expect([...short.equity.equity]).toEqual([...long.equity.equity.subarray(0, size)]);
      }),
    );
  });

  it('gives every metric a finite number or a reason', () => {
    fc.assert(
      fc.property(markets, randomOptions, (list, options) => {
        const { metrics, unavailable } = run(list, options);
        const without = metricNames.filter((name) => !Number.isFinite(metrics[name]));
        expect(Object.keys(unavailable).toSorted()).toEqual(without.toSorted());
      }),
    );
  });
});

describe('costs', () => {
  it('higher fees never leave more: same trades, less money', () => {
    fc.assert(
      fc.property(oneMarket, randomOptions, ([market], options) => {
        if (market === undefined) return;
        // Longs without leverage and free of funding, so that no path depends on the money there is.
        const plan = {
          ...market.plan,
          sizing: { method: 'fraction', fraction: 1 } as const,
          enterShort: new Uint8Array(market.market.bars.timeMs.length),
        };
        const quiet = {
          ...market.market,
          funding: { symbol: 'A', timeMs: new Float64Array(), rate: new Float64Array() },
        };
        const at = (feeBps: number) =>
          run([{ market: quiet, plan }], { ...options, costs: { ...options.costs, feeBps } });
        const [cheap, dear] = [at(options.costs.feeBps), at(options.costs.feeBps + 10)];
        expect(dear.trades.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual(
          cheap.trades.map(({ entryBar, exitBar }) => [entryBar, exitBar]),
        );
        expect(dear.finalEquity).toBeLessThanOrEqual(cheap.finalEquity * (1 + 1e-12));
        expect(dear.finalEquity < cheap.finalEquity).toBe(dear.counts.entries > 0);
      }),
    );
  });

  it('higher slippage never gives a better price, where no stop depends on it', () => {
    fc.assert(
      fc.property(oneMarket, randomOptions, ([market], options) => {
        if (market === undefined) return;
        const plan = { ...market.plan, exits: {}, sizing: { method: 'fraction', fraction: 0.1 } as const };
        const at = (slippageBps: number) =>
          run([{ ...market, plan }], { ...options, costs: { feeBps: 0, slippageBps } });
        const [fair, worse] = [at(0), at(25)];
        for (const [index, trade] of worse.trades.entries()) {
          const direction = trade.side === 'long' ? 1 : -1;
          expect(direction * trade.entryPrice).toBeGreaterThan(direction * (fair.trades[index]?.entryPrice ?? NaN));
          expect(direction * trade.exitPrice).toBeLessThan(direction * (fair.trades[index]?.exitPrice ?? NaN));
        }
      }),
    );
  });
});

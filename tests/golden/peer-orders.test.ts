import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../adapters/strategy-files/parse-expression.ts';
import { runBacktest } from '../../core/backtest/engine.ts';
import type { TradingPlan } from '../../core/backtest/plan.ts';
import type { BacktestOptions, Trade } from '../../core/backtest/types.ts';
import { type Bars, sliceBars } from '../../core/market/bars.ts';
import { evaluateExpression } from '../../core/strategy/compile.ts';
import { fixtureBars, fixtureJson } from '../fixture-files.ts';
import { differences, near } from '../near.ts';

const hours = fixtureBars('ohlcv/BTC-USDT-PERP-1h.csv.gz', 'BTC/USDT:USDT', '1h');
const options: BacktestOptions = {
  fill: 'nextOpen',
  startEquity: 10_000,
  closeAtEnd: true,
  returns: 'daily',
  costs: { feeBps: 10, slippageBps: 0 },
  parameters: {},
};

const signal = (text: string, bars: Bars) =>
  Uint8Array.from(evaluateExpression(parseExpression(text, { parameters: {} }), { bars }), (value) =>
    value > 0 ? 1 : 0,
  );

const crossings = (bars: Bars, fast: number, slow: number) => ({
  above: signal(`crossover(sma(close, ${fast}), sma(close, ${slow}))`, bars),
  below: signal(`crossunder(sma(close, ${fast}), sma(close, ${slow}))`, bars),
});

const plan = (rest: Partial<TradingPlan>): TradingPlan => ({
  exits: {},
  sizing: { method: 'fraction', fraction: 1 },
  ...rest,
});

describe('vectorbt 1.1.1: fills at the close, all cash in, a trade left open at the end', () => {
  type Run = Readonly<{
    fast: number;
    slow: number;
    orders: readonly (readonly [bar: number, side: 'buy' | 'sell', size: number, price: number, fee: number])[];
    equity: readonly number[];
    sharpe: number;
    maxDrawdown: number;
  }>;
  const { runs, source } = fixtureJson('peers/vectorbt-sma-10-50-orders.json.gz') as {
    runs: readonly Run[];
    source: { rowCount: number };
  };
  const bars = sliceBars(hours, 0, source.rowCount);

  it.each(runs)('the same orders, equity, Sharpe and drawdown of SMA $fast/$slow', (run) => {
    const { above, below } = crossings(bars, run.fast, run.slow);
    const result = runBacktest({ evaluate: () => plan({ enterLong: above, exitLong: below }) }, [{ bars }], {
      ...options,
      fill: 'close',
      startEquity: 100,
      closeAtEnd: false,
      returns: 'bar',
    });
    const sells = run.orders.filter(([, side]) => side === 'sell');
    const buys = run.orders.filter(([, side]) => side === 'buy').slice(0, sells.length);
    expect(result.counts).toMatchObject({
      entries: run.orders.length - sells.length,
      openAtEnd: run.orders.length % 2,
    });
    expect(result.trades.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual(
      buys.map(([bar], index) => [bar, sells[index][0]]),
    );
    const differing = result.trades.flatMap(({ entryPrice, exitPrice, quantity, fees }, index) => [
      ...differences(`entry ${index}`, entryPrice, buys[index][3], 1e-12),
      ...differences(`exit ${index}`, exitPrice, sells[index][3], 1e-12),
      ...differences(`size ${index}`, quantity, buys[index][2], 1e-12),
      ...differences(`fees ${index}`, fees, buys[index][4] + sells[index][4], 1e-12),
    ]);
    expect(differing).toEqual([]);
    expect(run.equity.flatMap((mark, bar) => differences(`equity ${bar}`, result.equity.equity[bar], mark))).toEqual(
      [],
    );
    expect(differences('sharpe', result.metrics.sharpe, run.sharpe)).toEqual([]);
    expect(differences('maxDrawdown', result.metrics.maxDrawdown, -run.maxDrawdown)).toEqual([]);
  });
});

/**
 * backtesting.py floors sizes to 1e-8 coin, so money agrees to 1e-8 relative; it hangs stops on the close of the signal
 * bar, we hang them on the entry price, and it closes what is left at the last open, we at the last close.
 */
describe('backtesting.py 0.6.6: fills at the next open', () => {
  type Row = readonly [
    entryBar: number,
    exitBar: number,
    entryPrice: number,
    exitPrice: number,
    size: number,
    pnl: number,
    returnPct: number,
    commission: number,
  ];
  const peer = fixtureJson('peers/backtesting-py-sma-10-50.json.gz') as {
    source: { rowCount: number };
    conventions: { startCash: number };
    variants: readonly {
      name: string;
      finalizeTrades: boolean;
      trades: readonly Row[];
      equity: { every24: readonly number[] };
    }[];
  };
  const bars = sliceBars(hours, 0, peer.source.rowCount);
  const variant = (name: string) => {
    const found = peer.variants.find((each) => each.name === name && !each.finalizeTrades);
    if (found === undefined) throw new Error(`no variant ${name}`);
    return found;
  };

  it('the same long trades and equity of SMA 10/50', () => {
    const { above, below } = crossings(bars, 10, 50);
    above.fill(0, 0, 50); // its run starts at bar 50
    const result = runBacktest({ evaluate: () => plan({ enterLong: above, exitLong: below }) }, [{ bars }], {
      ...options,
      startEquity: peer.conventions.startCash,
    });
    const { trades, equity } = variant('longOnly');
    expect(result.trades.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual(
      trades.map(([entry, exit]) => [entry, exit]),
    );
    const differing = result.trades.flatMap((trade, index) => {
      const [, , entryPrice, exitPrice, size, , returnPct, commission] = trades[index];
      return [
        ...differences(`entry ${index}`, trade.entryPrice, entryPrice, 1e-12),
        ...differences(`exit ${index}`, trade.exitPrice, exitPrice, 1e-12),
        ...differences(`size ${index}`, trade.quantity, size, 1e-8),
        ...differences(`return ${index}`, trade.returnFraction, returnPct, 1e-9),
        ...differences(`fees ${index}`, trade.fees, commission, 1e-8),
      ];
    });
    expect(differing).toEqual([]);
    expect(
      equity.every24.flatMap((mark, day) => differences(`day ${day}`, result.equity.equity[day * 24], mark, 1e-8)),
    ).toEqual([]);
  });

  it('each trade with stop and target, once the levels are turned into rates of our entry price', () => {
    const { above, below } = crossings(bars, 10, 50);
    const rows = variant('longShortStops').trades;
    const unequal = rows.filter((row) => {
      const trade = oneTrade(row);
      const [entryBar, exitBar, entryPrice, exitPrice] = row;
      return !(
        trade?.entryBar === 1 &&
        trade.exitBar === exitBar - entryBar + 1 &&
        near(trade.entryPrice, entryPrice, 1e-12) &&
        near(trade.exitPrice, exitPrice, 1e-12)
      );
    });
    expect(unequal).toEqual([]);

    /** Our engine on the bars from the signal to the end, entering once. */
    function oneTrade([entryBar, , entryPrice, , size]: Row): Trade | undefined {
      const rest = sliceBars(bars, entryBar - 1, bars.timeMs.length);
      const enter = new Uint8Array(rest.timeMs.length);
      enter[0] = 1;
      const closeOfSignal = rest.close[0];
      const direction = Math.sign(size);
      const stopLoss = direction * (1 - (closeOfSignal * (1 - direction * 0.03)) / entryPrice);
      const takeProfit = direction * ((closeOfSignal * (1 + direction * 0.06)) / entryPrice - 1);
      const exit = (direction > 0 ? below : above).slice(entryBar - 1);
      const signals = direction > 0 ? { enterLong: enter, exitLong: exit } : { enterShort: enter, exitShort: exit };
      return runBacktest(
        { evaluate: () => plan({ ...signals, exits: { stopLoss, takeProfit } }) },
        [{ bars: rest }],
        options,
      ).trades[0];
    }
  });
});

import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../../core/backtest/engine.ts';
import { periodEquity, periodReturns } from '../../../core/backtest/period-returns.ts';
import { parameterValues } from '../../../core/strategy/strategy.ts';
import { accountReturns, monteCarloOfTrades } from '../../../core/validation/monte-carlo.ts';
import { fillRows, plainLoops } from '../../../core/validation/loops.ts';
import { runPoints } from '../../../core/validation/point-table.ts';
import { monteCarloOfBars } from '../../../core/validation/resampled-bars.ts';
import { createSliceRunner, namedPoint } from '../../../core/validation/slice-run.ts';
import { stitchResults } from '../../../core/validation/stitch.ts';
import { bestPoint, walkForward } from '../../../core/validation/walk-forward.ts';
import { fixtureBars } from '../../fixture-files.ts';
import { compiledFrom } from './strategies.ts';

const dayMs = 86_400_000;
const bars = fixtureBars('ohlcv/BTC-USDT-1h.csv', 'X/Y', '1h');
const markets = [{ bars }];
const options = {
  fill: 'nextOpen',
  startEquity: 10_000,
  closeAtEnd: true,
  returns: 'daily',
  costs: { feeBps: 10, slippageBps: 0 },
} as const;

const compiled = compiledFrom(`parameters:
  fast: { default: 10, min: 5, max: 20, step: 5 }
  slow: { default: 40, min: 30, max: 50, step: 10 }
signals: { enterLong: "sma(close, fast) > sma(close, slow)", exitLong: "sma(close, fast) < sma(close, slow)" }`);
const points = [Float64Array.of(10, 40), Float64Array.of(5, 30), Float64Array.of(20, 50)];
const table = runPoints({ compiled, markets, options, points, loops: plainLoops, name: 'sweep' });

describe('runPoints', () => {
  test('gives the daily returns and Sharpe of the event engine', () => {
    points.forEach((point, index) => {
      const parameters = namedPoint(compiled.strategy, point);
      const { equity, startEquity, metrics, trades } = runBacktest(compiled, markets, { ...options, parameters });
      const returns = periodReturns(periodEquity(equity, dayMs), startEquity);
      expect(table.days).toBe(returns.length);
      table.returns(index).forEach((value, day) => expect(value).toBeCloseTo(returns[day], 10));
      expect(table.sharpe(index)).toBeCloseTo(metrics.sharpe ?? NaN, 8);
      expect(table.trades(index)).toBe(trades.length);
    });
  });
});

describe('createSliceRunner', () => {
  const run = createSliceRunner(compiled, markets, options);
  const parameters = parameterValues(compiled.strategy);
  const [fromMs, toMs] = [table.firstDayMs + 20 * dayMs, table.firstDayMs + 50 * dayMs];

  test('the whole history as a slice is the plain run', () => {
    const whole = run({ fromMs: 0, toMs: Infinity, parameters });
    const plain = runBacktest(compiled, markets, { ...options, parameters });
    expect(whole.finalEquity).toBe(plain.finalEquity);
    expect(whole.trades).toEqual(plain.trades);
  });

  test('trades inside the slice only, flat at both ends, with warm signals', () => {
    const { trades, equity } = run({ fromMs, toMs, parameters });
    expect(equity.timeMs[0]).toBe(fromMs);
    expect(equity.timeMs.at(-1)).toBe(toMs - 3_600_000);
    for (const { entryTimeMs, exitTimeMs, entryBar, exitBar } of trades) {
      expect(entryTimeMs).toBeGreaterThanOrEqual(fromMs);
      expect(exitTimeMs).toBeLessThan(toMs);
      expect([bars.timeMs[entryBar], bars.timeMs[exitBar]]).toEqual([entryTimeMs, exitTimeMs]);
    }
    // A run on the bars of the slice alone waits 40 hours for its slow mean.
    expect(trades[0]?.entryTimeMs).toBeLessThan(fromMs + 40 * 3_600_000);
  });

  test('bars after the slice change nothing in it', () => {
    const cut = bars.timeMs.findIndex((time) => time >= toMs);
    const short = createSliceRunner(compiled, [{ bars: { ...bars, ...cutColumns(cut) } }], options);
    expect(short({ fromMs, toMs, parameters })).toEqual(run({ fromMs, toMs, parameters }));
  });

  test('a multiple of the costs is paid', () => {
    const paid = (costMultiple: number) => {
      const { trades } = run({ fromMs, toMs, parameters, costMultiple });
      return trades[0].fees / (trades[0].quantity * trades[0].entryPrice);
    };
    expect(paid(2) / paid(1)).toBeCloseTo(2, 6);
  });
});

const cutColumns = (cut: number) => ({
  timeMs: bars.timeMs.slice(0, cut),
  open: bars.open.slice(0, cut),
  high: bars.high.slice(0, cut),
  low: bars.low.slice(0, cut),
  close: bars.close.slice(0, cut),
  volume: bars.volume.slice(0, cut),
});

describe('walkForward', () => {
  const run = createSliceRunner(compiled, markets, options);
  const named = points.map((point) => namedPoint(compiled.strategy, point));
  const forward = walkForward({ table, points: named, windows: 5, trainWindows: 2, run, startEquity: 10_000 });

  test('chooses in each window the best Sharpe in sample, and knows nothing of the days after', () => {
    const length = Math.floor(table.days / 7);
    forward.steps.forEach(({ train, test: tested, point, trainSharpe }, window) => {
      expect(tested.from).toBe(table.days - (5 - window) * length);
      expect(train.to).toBe(tested.from);
      const sharpes = points.map((_, index) => table.sharpe(index, train.from, train.to));
      expect(trainSharpe).toBe(Math.max(...sharpes));
      expect(sharpes[point]).toBe(Math.max(...sharpes));
    });
  });

  test('stitches the windows: each begins with what the one before it left', () => {
    const factor = forward.steps.reduce((product, { result }) => product * (result.finalEquity / 10_000), 1);
    expect(forward.stitched.finalEquity).toBeCloseTo(10_000 * factor, 6);
    expect(forward.stitched.trades).toHaveLength(
      forward.steps.reduce((sum, { result }) => sum + result.trades.length, 0),
    );
    expect(forward.returns).toHaveLength(5 * Math.floor(table.days / 7));
    const compounded = forward.returns.reduce((equity, value) => equity * (1 + value), 10_000);
    expect(compounded).toBeCloseTo(forward.stitched.finalEquity, 6);
  });

  test('efficiency by hand: mean day out of sample over mean day in sample', () => {
    const out = forward.returns.reduce((sum, value) => sum + value, 0) / forward.returns.length;
    const within = forward.steps.reduce((sum, { trainMean }) => sum + trainMean, 0) / 5;
    expect(forward.efficiency ?? NaN).toBeCloseTo(within > 0 ? out / within : NaN, 9);
  });

  test('money figures of a chain are left out and said so', () => {
    expect(forward.stitched.metrics.feesPaid).toBeUndefined();
    expect(forward.stitched.unavailable.feesPaid).toMatch(/windows/);
  });
});

test('bestPoint takes the defaults when no point has a Sharpe, the earlier of equal ones', () => {
  const still = { ...table, sharpe: () => NaN };
  expect(bestPoint(still, { from: 0, to: 10 })).toBe(0);
  expect(bestPoint({ ...table, sharpe: () => 1 }, { from: 0, to: 10 })).toBe(0);
});

test('stitchResults of one run is that run', () => {
  const result = runBacktest(compiled, markets, { ...options, parameters: parameterValues(compiled.strategy) });
  const stitched = stitchResults([result], 10_000).result;
  expect(stitched.finalEquity).toBe(result.finalEquity);
  for (const name of ['sharpe', 'maxDrawdown', 'profitFactor', 'trades', 'totalReturn', 'exposure'] as const) {
    expect(stitched.metrics[name]).toBeCloseTo(result.metrics[name] ?? NaN, 9);
  }
});

describe('Monte Carlo', () => {
  const result = runBacktest(compiled, markets, { ...options, parameters: parameterValues(compiled.strategy) });
  const rules = { runs: 200, seed: 11, loops: plainLoops };

  test('a trade is worth what it made of the equity before it: the product of all is the run', () => {
    const product = accountReturns(result).reduce((equity, value) => equity * (1 + value), 1);
    // Equity at the bar before an entry still holds what the last trade pays to leave at the very open of the entry.
    expect(product).toBeCloseTo(result.finalEquity / 10_000, 2);
  });

  test('of trades: seeded, ordered quantiles, the median near the run', () => {
    const earned = accountReturns(result);
    const found = monteCarloOfTrades(earned, rules);
    expect(JSON.stringify(monteCarloOfTrades(earned, rules))).toBe(JSON.stringify(found));
    expect(found?.finalReturn).toEqual([...(found?.finalReturn ?? [])].toSorted((a, b) => a - b));
    expect(found?.rank).toBeGreaterThan(0.3);
    expect(found?.rank).toBeLessThan(0.7);
    expect(found?.fan).toHaveLength(40);
    expect(found?.path.at(-1)).toBeCloseTo(
      earned.reduce((equity, value) => equity * (1 + value), 1),
      9,
    );
  });

  test('of trades: nothing under ten of them or without runs', () => {
    expect(monteCarloOfTrades(new Float64Array(9).fill(0.01), rules)).toBeUndefined();
    expect(monteCarloOfTrades(accountReturns(result), { ...rules, runs: 0 })).toBeUndefined();
  });

  test('of bars: the weeks in their own order are the run itself, and same seed gives same bytes', () => {
    const [point] = points;
    const input = { compiled, markets, options, point };
    const found = monteCarloOfBars(input, { ...rules, runs: 20, blockWeeks: 4 });
    expect(JSON.stringify(monteCarloOfBars(input, { ...rules, runs: 20, blockWeeks: 4 }))).toBe(JSON.stringify(found));
    const firstMs = Math.ceil((bars.timeMs[0] + 1) / dayMs) * dayMs;
    const weeks = Math.floor((bars.timeMs[bars.timeMs.length - 1] + 3_600_000 - firstMs) / (7 * dayMs));
    const from = bars.timeMs.findIndex((time) => time >= firstMs);
    const to = bars.timeMs.findIndex((time) => time >= firstMs + weeks * 7 * dayMs);
    const whole = createSliceRunner(compiled, [{ bars: sliced(from, to === -1 ? bars.timeMs.length : to) }], options);
    const { finalEquity } = whole({ fromMs: 0, toMs: Infinity, parameters: parameterValues(compiled.strategy) });
    expect(found?.path.at(-1)).toBeCloseTo(finalEquity / 10_000, 6);
  });
});

const sliced = (from: number, to: number) => ({
  ...bars,
  timeMs: bars.timeMs.subarray(from, to),
  open: bars.open.subarray(from, to),
  high: bars.high.subarray(from, to),
  low: bars.low.subarray(from, to),
  close: bars.close.subarray(from, to),
  volume: bars.volume.subarray(from, to),
});

test('a loop that was stopped goes on where it was and ends with the same rows', () => {
  const fill = (row: number, into: Float64Array) => into.fill(row * row);
  const whole = fillRows(plainLoops, { name: 'sweep', count: 10, width: 3 }, fill);
  const kept = new Float64Array(30);
  kept.set(whole.subarray(0, 12));
  const filled: number[] = [];
  const resumed = fillRows(
    { open: () => ({ data: kept, done: 4 }), reached: (_name, done) => filled.push(done) },
    { name: 'sweep', count: 10, width: 3 },
    fill,
  );
  expect(resumed).toEqual(whole);
  expect(filled).toEqual([5, 6, 7, 8, 9, 10]);
});

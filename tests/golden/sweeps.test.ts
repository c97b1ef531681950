import { describe, expect, it } from 'vitest';
import { checkStrategyText } from '../../adapters/strategy-files/check-strategy.ts';
import { parseGrid } from '../../adapters/strategy-files/parameter-arguments.ts';
import { type SweepResultName, sweepResultNames } from '../../core/backtest/sweep/sweep.ts';
import { sliceBars } from '../../core/market/bars.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { sweepHere } from '../core/backtest/sweep/sweep-here.ts';
import { fixtureBars, fixtureJson } from '../fixture-files.ts';

/** One sweep of tests/fixtures/golden: what the independent implementation of the specification gives. */
type GoldenSweep = Readonly<{
  name: string;
  strategy: string;
  data: Readonly<Record<string, Readonly<{ file: string }>>>;
  grid: Readonly<Record<string, string>>;
  args: Readonly<{ bars: number }>;
  points: number;
  skippedByConstraints: number;
  columns: Readonly<Record<string, readonly (number | null)[]>>;
}>;

function strategyOf(text: string): Strategy {
  const { strategy, errors } = checkStrategyText(text);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  return strategy;
}

/** Largest relative difference; Infinity where one side has a number and the other none. */
function largestDifference(actual: Float64Array, expected: readonly (number | null)[]): number {
  if (actual.length !== expected.length) return Infinity;
  const each = expected.map((value, row) => {
    if (value === null || Number.isNaN(actual[row])) return value === null && Number.isNaN(actual[row]) ? 0 : Infinity;
    return Math.abs(actual[row] - value) / Math.max(Math.abs(value), 1e-9);
  });
  return Math.max(...each);
}

describe('golden sweeps', () => {
  it.each(fixtureJson('golden/sweep.json') as readonly GoldenSweep[])('$name', (golden) => {
    const strategy = strategyOf(golden.strategy);
    const markets = Object.entries(golden.data).map(([symbol, { file }]) => ({
      bars: sliceBars(fixtureBars(file, symbol, strategy.timeframe), 0, golden.args.bars),
    }));
    const grid = parseGrid(
      strategy,
      Object.entries(golden.grid).map(([name, range]) => `${name}=${range}`),
    );
    const swept = sweepHere(
      strategy,
      markets,
      { fill: 'nextOpen', startEquity: 10_000, closeAtEnd: true, returns: 'daily', costs: strategy.costs },
      { grid },
    );
    expect(swept.skippedByConstraints).toBe(golden.skippedByConstraints);
    for (const [name, values] of Object.entries(golden.columns)) {
      const actual = swept.parameters[name] ?? swept.results[name as SweepResultName];
      expect(largestDifference(actual, values), name).toBeLessThan(1e-9);
    }
    expect(Object.keys(golden.columns)).toEqual(expect.arrayContaining([...sweepResultNames]));
  });
});

/** vectorbt 1.1.1, all pairs of 2 to 100 on 2,978 hourly closes; its conventions are in the file. */
type PeerSweep = Readonly<{
  ties: Readonly<{ list: readonly (readonly [fast: number, slow: number, bars: number])[] }>;
  columns: readonly string[];
  rows: readonly (readonly number[])[];
}>;

const pairsOfMeans = `
id: STR-900
name: pairs of means
hypothesis: A comparison with vectorbt.
lineage: { source: manual }
universe: [BTC/USDT:USDT]
timeframe: 1h
parameters:
  fast: { default: 10, min: 2, max: 100, step: 1 }
  slow: { default: 50, min: 2, max: 100, step: 1 }
constraints: [fast < slow]
signals:
  enterLong: crossover(sma(close, fast), sma(close, slow))
  exitLong: crossunder(sma(close, fast), sma(close, slow))
`;

describe('vectorbt', () => {
  it('gives the same for 4,851 pairs of means, but for the one pair that its rounding decides', () => {
    const peer = fixtureJson('peers/vectorbt-sweep-2978.json.gz') as PeerSweep;
    const bars = sliceBars(fixtureBars('ohlcv/BTC-USDT-PERP-1h.csv', 'BTC/USDT:USDT', '1h'), 0, 2_978);
    const strategy = strategyOf(pairsOfMeans);
    const { parameters, results } = sweepHere(
      strategy,
      [{ bars }],
      { fill: 'close', startEquity: 100, closeAtEnd: false, returns: 'bar', costs: { feeBps: 10, slippageBps: 0 } },
      { grid: parseGrid(strategy, []) },
    );
    const tied = new Set(peer.ties.list.map(([fast, slow]) => `${fast},${slow}`));
    const rows = peer.rows.map((row) => Object.fromEntries(peer.columns.map((name, place) => [name, row[place]])));
    const compared = rows.flatMap((row, at) => (tied.has(`${row['fast']},${row['slow']}`) ? [] : [at]));
    expect(compared).toHaveLength(4_850);
    const pick = (column: Float64Array) => Float64Array.from(compared, (at) => column[at]);
    const expected = (name: string, sign = 1) => compared.map((at) => sign * (rows[at]?.[name] ?? NaN));
    expect(largestDifference(pick(parameters['fast']), expected('fast'))).toBe(0);
    expect(largestDifference(pick(parameters['slow']), expected('slow'))).toBe(0);
    expect(largestDifference(pick(results.trades), expected('tradesClosed'))).toBe(0);
    expect(largestDifference(pick(results.finalEquity), expected('finalEquity'))).toBeLessThan(1e-9);
    expect(largestDifference(pick(results.totalReturn), expected('totalReturn'))).toBeLessThan(1e-9);
    expect(largestDifference(pick(results.sharpe), expected('sharpe'))).toBeLessThan(1e-9);
    expect(largestDifference(pick(results.maxDrawdown), expected('maxDrawdown', -1))).toBeLessThan(1e-9);
  });
});

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { checkStrategyText } from '../../adapters/strategy-files/check-strategy.ts';
import { runBacktest } from '../../core/backtest/engine.ts';
import type { BacktestResult, ExitReason, Metrics, RunCounts, Trade } from '../../core/backtest/types.ts';
import { compileStrategy } from '../../core/strategy/compile.ts';
import { type ParameterValues, parameterValues } from '../../core/strategy/strategy.ts';
import { fixtureDataPath, fixtureFile, fixtureJson } from '../fixture-files.ts';
import { differences } from '../near.ts';

type DataFile = Readonly<{ file: string }>;

/** One file of tests/fixtures/golden: what the independent implementation of the specification gives. */
type GoldenCase = Readonly<{
  name: string;
  strategy: string;
  data: Readonly<Record<string, DataFile>>;
  funding: Readonly<Record<string, DataFile>>;
  args: Readonly<{
    timerange?: string;
    bars?: number;
    set?: ParameterValues;
    fill?: 'nextOpen' | 'close';
    feeBps?: number;
    slippageBps?: number;
    startEquity?: number;
    keepOpen?: boolean;
    returns?: 'daily' | 'bar';
    allowGaps?: boolean;
  }>;
  functions: readonly string[];
  expected: Readonly<{
    bars: number;
    startEquity: number;
    finalEquity: number;
    counts: RunCounts;
    metrics: Metrics;
    unavailable: readonly string[];
    trades: Readonly<{
      count: number;
      sumPnl: number;
      sumFees: number;
      sumFunding: number;
      sumBars: number;
      byReason: Readonly<Partial<Record<ExitReason, number>>>;
      bySide: Readonly<Record<'long' | 'short', number>>;
      first: readonly Trade[];
      last: readonly Trade[];
    }>;
    equity: readonly Readonly<{ bar: number; timeMs: number; equity: number }>[];
    forecast?: Readonly<{ ic: number; pairs: number }>;
    gaps: Readonly<{ gaps: number; missingBars: number }>;
  }>;
}>;

const files = readdirSync(fixtureFile('golden')).filter((name) => /^\d\d-/.test(name));

const dataArguments = (entries: Readonly<Record<string, DataFile>>) =>
  Object.entries(entries).map(([symbol, { file }]) => `${symbol}=${fixtureFile(fixtureDataPath(file))}`);

async function runCase({ strategy: text, data, funding, args }: GoldenCase) {
  const { strategy, errors } = checkStrategyText(text);
  if (strategy === undefined) throw new Error(JSON.stringify(errors));
  const { markets, gaps } = await loadMarkets({
    data: dataArguments(data),
    universe: strategy.universe,
    timeframe: strategy.timeframe,
    funding: dataArguments(funding),
    allowGaps: args.allowGaps ?? false,
    ...(args.timerange !== undefined && { timerange: args.timerange }),
    ...(args.bars !== undefined && { bars: args.bars }),
  });
  const { fill = 'nextOpen', startEquity = 10_000, keepOpen = false, returns = 'daily' } = args;
  const { feeBps = strategy.costs.feeBps, slippageBps = strategy.costs.slippageBps } = args;
  const result = runBacktest(compileStrategy(strategy), markets, {
    fill,
    startEquity,
    closeAtEnd: !keepOpen,
    returns,
    costs: { feeBps, slippageBps },
    parameters: parameterValues(strategy, args.set),
  });
  return { result, gaps };
}

const tally = (keys: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

const exactFields = [
  'symbol',
  'side',
  'entryBar',
  'exitBar',
  'entryTimeMs',
  'exitTimeMs',
  'bars',
  'exitReason',
] as const;
const moneyFields = ['entryPrice', 'exitPrice', 'quantity', 'fees', 'funding', 'pnl', 'returnFraction'] as const;

function tradeDifferences(actual: readonly Trade[], expected: readonly Trade[], where: string): string[] {
  return expected.flatMap((trade, index) => {
    const ours = actual.at(where === 'last' ? index - expected.length : index);
    return [
      ...exactFields
        .filter((field) => ours?.[field] !== trade[field])
        .map((field) => `${where} trade ${index} ${field}: ${ours?.[field]} instead of ${trade[field]}`),
      ...moneyFields.flatMap((field) => differences(`${where} trade ${index} ${field}`, ours?.[field], trade[field])),
    ];
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function numberDifferences({ metrics, trades, finalEquity, equity }: BacktestResult, expected: GoldenCase['expected']) {
  return [
    ...differences('finalEquity', finalEquity, expected.finalEquity),
    ...Object.entries(expected.metrics).flatMap(([name, value]) =>
      differences(name, metrics[name as keyof Metrics], value),
    ),
    ...differences('sumPnl', sum(trades.map(({ pnl }) => pnl)), expected.trades.sumPnl),
    ...differences('sumFees', sum(trades.map(({ fees }) => fees)), expected.trades.sumFees),
    ...differences('sumFunding', sum(trades.map(({ funding }) => funding)), expected.trades.sumFunding),
    ...expected.equity.flatMap((mark) => differences(`equity ${mark.bar}`, equity.equity[mark.bar], mark.equity)),
    ...tradeDifferences(trades, expected.trades.first, 'first'),
    ...tradeDifferences(trades, expected.trades.last, 'last'),
  ];
}

/** Rank ties make a correlation over these functions coarse (golden/README.md). */
const coarse = ['stddev', 'bbands', 'zscore', 'slope', 'correlation', 'beta'];

describe('golden backtests, through files, parser, compiler and data reader', () => {
  it('are the 27 of the specification', () => {
    expect(files).toHaveLength(27);
  });

  it.each(files)('%s', async (file) => {
    const golden = fixtureJson(`golden/${file}`) as GoldenCase;
    const { expected } = golden;
    const { result, gaps } = await runCase(golden);
    const { counts, unavailable, trades, equity, forecast } = result;
    expect(counts).toEqual(expected.counts);
    expect(gaps).toEqual(expected.gaps);
    expect(Object.keys(unavailable).toSorted()).toEqual(expected.unavailable.toSorted());
    expect(trades).toHaveLength(expected.trades.count);
    expect(tally(trades.map(({ exitReason }) => exitReason))).toEqual(expected.trades.byReason);
    expect({ long: 0, short: 0, ...tally(trades.map(({ side }) => side)) }).toEqual(expected.trades.bySide);
    expect(sum(trades.map(({ bars }) => bars))).toBe(expected.trades.sumBars);
    expect(equity.timeMs).toHaveLength(expected.bars);
    expect(expected.equity.map(({ bar }) => equity.timeMs[bar])).toEqual(expected.equity.map(({ timeMs }) => timeMs));
    expect(numberDifferences(result, expected)).toEqual([]);
    expect(forecast?.pairs).toBe(expected.forecast?.pairs);
    const tolerance = golden.functions.some((name) => coarse.includes(name)) ? 1e-4 : 1e-9;
    expect(expected.forecast && differences('ic', forecast?.ic, expected.forecast.ic, tolerance)).toEqual(
      expected.forecast && [],
    );
  });
});

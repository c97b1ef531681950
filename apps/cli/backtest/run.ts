import { resolve } from 'node:path';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { pluginsFor } from '../../../adapters/strategy-code/load-code.ts';
import { parseSet } from '../../../adapters/strategy-files/parameter-arguments.ts';
import { resolveStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { leaksOfCode } from '../../../adapters/validation/leaks.ts';
import { rankOf, sampleOf } from '../../../adapters/trial-ledger/evidence.ts';
import { optionsText, recordShown } from '../../../adapters/trial-ledger/record.ts';
import { checkTableFile, writeTable } from '../../../adapters/table-file.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { runBacktest } from '../../../core/backtest/engine.ts';
import type { BacktestOptions, BacktestResult } from '../../../core/backtest/types.ts';
import type { LoadedMarkets } from '../../../core/ports/market-data.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import { parameterValues, type Strategy } from '../../../core/strategy/strategy.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import type { BacktestCommandOptions } from '../backtest.ts';
import { dataOptionsOf, sealOf } from '../data-options.ts';
import { holdoutDocument } from '../holdout.ts';
import { notice, printJson } from '../output.ts';
import { backtestOptionsOf } from '../strategy-options.ts';
import { printBacktest } from './summary.ts';
import { tradeColumns } from './trade-columns.ts';

/** One backtest with everything that led to it. */
export type BacktestRun = Readonly<{
  strategy: Strategy;
  strategyHash: string;
  loaded: LoadedMarkets;
  options: BacktestOptions;
  result: BacktestResult;
}>;

/** Runs `nightdesk backtest` and prints its result. */
export async function runBacktestCommand(idOrFile: string, options: BacktestCommandOptions): Promise<void> {
  if (options.out !== undefined) checkTableFile(options.out);
  const run = await backtest(idOrFile, options);
  if (options.out !== undefined) {
    await writeTable(options.out, tradeColumns(run.result.trades));
    notice(`${run.result.trades.length} trades written to ${options.out}`);
  }
  if (options.json) printJson(documentOf(run, options));
  else printBacktest(run, options);
}

async function backtest(idOrFile: string, options: BacktestCommandOptions): Promise<BacktestRun> {
  const { file, strategy } = await resolveStrategy(idOrFile, strategiesFolder(), loadStrategyPlugins);
  const set = parseSet(strategy, options.set ?? []);
  const { universe, timeframe, costs } = strategy;
  const loaded = await loadMarkets({ ...dataOptionsOf(options), ...sealOf(options), universe, timeframe });
  const runOptions = backtestOptionsOf(options, costs, parameterValues(strategy, set));
  const compiled = compileStrategy(strategy, await pluginsFor(strategy, loadStrategyPlugins));
  const plain = runBacktest(compiled, loaded.markets, runOptions);
  const leaks = await leaksOfCode(strategy, loadStrategyPlugins, loaded.markets);
  const result = { ...plain, warnings: [...leaks, ...plain.warnings] };
  const hash = strategyHash(strategy, set);
  const key = `backtest ${hash} ${loaded.dataHash} ${optionsText(runOptions)}`;
  const samples = sampleOf(rankOf(key), result);
  const { markets } = loaded;
  await recordShown({ file: resolve(file), strategy, face: 'backtest', key, count: 1, markets, samples });
  return { strategy, strategyHash: hash, loaded, options: runOptions, result };
}

type Shown = Readonly<{ trades?: true; equity?: true }>;

/** The JSON of section 7 of the specification. */
function documentOf({ strategy, strategyHash: hash, loaded, result }: BacktestRun, shown: Shown) {
  const { startEquity, finalEquity, metrics, unavailable, counts, forecast, trades } = result;
  const { timeMs, equity } = result.equity;
  return {
    strategyId: strategy.id,
    symbols: strategy.universe,
    bars: timeMs.length,
    from: timeMs[0],
    to: timeMs[timeMs.length - 1],
    startEquity,
    finalEquity,
    metrics,
    unavailable,
    counts,
    gaps: loaded.gaps,
    warnings: [...loaded.warnings, ...result.warnings],
    ...(forecast && { forecast }),
    dataHash: loaded.dataHash,
    strategyHash: hash,
    holdout: holdoutDocument(loaded),
    ...(shown.trades && { trades }),
    ...(shown.equity && {
      equity: Array.from(equity, (mark, bar) => ({ bar, timeMs: timeMs[bar], equity: mark })),
    }),
  };
}

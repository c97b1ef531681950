import { resolve } from 'node:path';
import { sha256 } from '../../../adapters/hashing.ts';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { pluginsFor } from '../../../adapters/strategy-code/load-code.ts';
import { parseGrid, parseSet } from '../../../adapters/strategy-files/parameter-arguments.ts';
import { resolveStrategy } from '../../../adapters/strategy-files/read-strategy.ts';
import { strategyHash } from '../../../adapters/strategy-files/strategy-hash.ts';
import { type Checkpoint, createCheckpoint } from '../../../adapters/sweep/checkpoint.ts';
import {
  createBoard,
  sharedColumn,
  sharedMarkets,
  sharedResults,
  type SweepJob,
  type SweepTimes,
} from '../../../adapters/sweep/job.ts';
import { runSweep } from '../../../adapters/sweep/run-sweep.ts';
import { checkTableFile, writeTable } from '../../../adapters/table-file.ts';
import { optionsText, recordShown } from '../../../adapters/trial-ledger/record.ts';
import { sweepSamples, worthOfSweep } from '../../../adapters/trial-ledger/sweep-sample.ts';
import { coreCount, createThreadPool } from '../../../adapters/threads/pool.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import { listPoints, type SweepPoints } from '../../../core/backtest/sweep/points.ts';
import { type SweepColumns, sweepResultNames } from '../../../core/backtest/sweep/sweep.ts';
import { errorDocument, errorLine } from '../../../core/errors.ts';
import type { LoadedMarkets } from '../../../core/ports/market-data.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { dataOptionsOf, sealOf } from '../data-options.ts';
import { holdoutDocument } from '../holdout.ts';
import { notice, printJson } from '../output.ts';
import { createProgress } from '../progress.ts';
import { stopSignal } from '../stop-signal.ts';
import { backtestOptionsOf } from '../strategy-options.ts';
import type { SweepCommandOptions } from '../sweep.ts';
import { printSweep } from './summary.ts';

const threadEntry = new URL('../../../workers/threads/sweep.ts', import.meta.url);

/** A finished sweep with everything that led to it. */
export type SweepRun = Readonly<{
  strategy: Strategy;
  strategyHash: string;
  loaded: LoadedMarkets;
  points: SweepPoints;
  results: SweepColumns;
  /** `startup` is from the start of the process to the first point, `sweep` the points alone, with their series. */
  seconds: Readonly<{ startup: number; sweep: number }>;
}>;

/** Runs `nightdesk sweep` and prints its result. */
export async function runSweepCommand(idOrFile: string, options: SweepCommandOptions): Promise<void> {
  if (options.out !== undefined) checkTableFile(options.out);
  const run = await sweep(idOrFile, options);
  for (const warning of run.loaded.warnings) notice(warning);
  if (options.out !== undefined) {
    await writeTable(options.out, tableColumns(run));
    notice(`${run.points.count} points written to ${options.out}`);
  }
  if (options.json) printJson(documentOf(run, options.out));
  else printSweep(run);
}

async function sweep(idOrFile: string, options: SweepCommandOptions): Promise<SweepRun> {
  const { file, strategy } = await resolveStrategy(idOrFile, strategiesFolder(), loadStrategyPlugins);
  // Constraints are looked at point by point: what is set need not fit the defaults of what is swept.
  const set = parseSet({ ...strategy, constraints: [] }, options.set ?? []);
  const grid = parseGrid(strategy, options.grid ?? [], { yes: options.yes ?? false });
  const { universe, timeframe, costs } = strategy;
  const loaded = await loadMarkets({ ...dataOptionsOf(options), ...sealOf(options), universe, timeframe });
  const plugins = await pluginsFor(strategy, loadStrategyPlugins);
  const points = listPoints(compileStrategy(strategy, plugins), grid, { set, allocate: sharedColumn });
  const { parameters: _, ...sweepOptions } = backtestOptionsOf(options, costs, {});
  const board = createBoard(points.count);
  const results = sharedResults(points.count);
  const hash = strategyHash(strategy, set);
  const identity = { strategyHash: hash, dataHash: loaded.dataHash, grid, options: sweepOptions };
  const checkpoint = createCheckpoint(identity, board, results);
  if (options.resume) resume(checkpoint.restore(), points.count);
  const threads = Math.min(options.threads ?? coreCount(), Math.max(1, board.done.length));
  const markets = sharedMarkets(loaded.markets);
  const job: SweepJob = { strategy, markets, options: sweepOptions, points, results, board, threads };
  const seconds = await onThreads(job, checkpoint);
  const key = `sweep ${hash} ${loaded.dataHash} ${optionsText(sweepOptions)} ${sha256(JSON.stringify(grid))}`;
  const samples = sweepSamples(key, { strategy, markets, points, options: sweepOptions, plugins });
  const independent = worthOfSweep(samples, points.count);
  const shown = { file: resolve(file), strategy, face: 'sweep' as const, key, count: points.count, markets, samples };
  await recordShown({ ...shown, independent });
  return { strategy, strategyHash: hash, loaded, points, results, seconds };
}

function resume(restored: number, points: number): void {
  notice(
    restored === 0
      ? 'nothing was left of this sweep: it begins at the first point'
      : `${restored} of ${points} points are there already`,
  );
}

async function onThreads(job: SweepJob, checkpoint: Checkpoint): Promise<SweepRun['seconds']> {
  const pool = createThreadPool<SweepJob, SweepTimes>(threadEntry, job.threads);
  const progress = createProgress('sweep');
  const { signal, release } = stopSignal();
  try {
    const { beganMs, endedMs } = await runSweep(pool, job, {
      signal,
      checkpoint,
      onProgress: (done) => progress.update(done, job.points.count),
      onSaveFailed: (thrown) => notice(`the sweep goes on unsaved: ${errorLine(errorDocument(thrown))}`),
    });
    return { startup: (beganMs - performance.timeOrigin) / 1_000, sweep: (endedMs - beganMs) / 1_000 };
  } finally {
    progress.finish();
    release();
    await pool.close();
  }
}

const numbersOf = (column: Float64Array): (number | null)[] =>
  Array.from(column, (value) => (Number.isNaN(value) ? null : value));

function tableColumns({ points, results }: SweepRun) {
  return [
    ...points.columns.map(({ name, values }) => ({ name, type: 'number' as const, values })),
    ...sweepResultNames.map((name) => ({ name, type: 'number' as const, values: numbersOf(results[name]) })),
  ];
}

/** The JSON of section 7 of the specification; `--out` takes the place of the columns. */
function documentOf(run: SweepRun, out: string | undefined) {
  const { strategy, strategyHash: hash, loaded, points, results, seconds } = run;
  const columns = [
    ...points.columns.map(({ name, values }) => [name, Array.from(values)]),
    ...sweepResultNames.map((name) => [name, numbersOf(results[name])]),
  ];
  return {
    strategyId: strategy.id,
    points: points.count,
    ...(out === undefined ? { columns: Object.fromEntries(columns) } : { out }),
    skippedByConstraints: points.skippedByConstraints,
    seconds,
    warnings: loaded.warnings,
    dataHash: loaded.dataHash,
    strategyHash: hash,
    holdout: holdoutDocument(loaded),
  };
}

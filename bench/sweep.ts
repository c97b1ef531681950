import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { loadMarkets } from '../adapters/market-data/load-markets.ts';
import { checkStrategyText } from '../adapters/strategy-files/check-strategy.ts';
import { parseGrid } from '../adapters/strategy-files/parameter-arguments.ts';
import {
  createBoard,
  sharedColumn,
  sharedMarkets,
  sharedResults,
  type SweepJob,
  type SweepTimes,
} from '../adapters/sweep/job.ts';
import { runSweep } from '../adapters/sweep/run-sweep.ts';
import { createThreadPool, type ThreadPool } from '../adapters/threads/pool.ts';
import { listPoints } from '../core/backtest/sweep/points.ts';
import type { SweepColumns, SweepOptions } from '../core/backtest/sweep/sweep.ts';
import { type Bars, sliceBars } from '../core/market/bars.ts';
import { compileStrategy } from '../core/strategy/compile.ts';
import type { Strategy } from '../core/strategy/strategy.ts';
import { type BenchRow, measure } from './measure.ts';

const symbol = 'BTC/USDT:USDT';
const shortBars = 2_978;
const threads = 2;

const pairsOfMeans = `id: STR-900
name: bench
hypothesis: Only the time it takes is of interest.
universe: [${symbol}]
timeframe: 1h
parameters:
  fast: { default: 10, min: 2, max: 100, step: 1 }
  slow: { default: 50, min: 2, max: 100, step: 1 }
constraints: [fast < slow]
signals:
  enterLong: crossover(sma(close, fast), sma(close, slow))
  exitLong: crossunder(sma(close, fast), sma(close, slow))
`;

const peerOptions: SweepOptions = {
  fill: 'close',
  startEquity: 100,
  closeAtEnd: false,
  returns: 'daily',
  costs: { feeBps: 10, slippageBps: 0 },
};

type Pool = ThreadPool<SweepJob, SweepTimes>;

/**
 * All 4,851 pairs of means 2..100 on 2,978 and on 31,973 hourly bars, with return, Sharpe, drawdown, trades, profit
 * factor and final equity of each: listing the points, the shared series and the points themselves, with the threads
 * up. vectorbt, without its metrics, is timed beside it where a Python that has it is found (NIGHTDESK_PEER_PYTHON,
 * else python3).
 */
export async function benchSweep(): Promise<readonly BenchRow[]> {
  const strategy = pairs();
  const { markets } = await loadMarkets({ universe: [symbol], timeframe: '1h' });
  const { bars } = markets[0];
  const short = sliceBars(bars, 0, shortBars);
  const pool: Pool = createThreadPool(new URL('../workers/threads/sweep.ts', import.meta.url), threads);
  try {
    await sweepOnce(pool, strategy, { bars: sliceBars(bars, 0, 100), options: peerOptions });
    const baseMb = process.memoryUsage().rss / 2 ** 20;
    const few = await measure(() => sweepOnce(pool, strategy, { bars: short, options: peerOptions }));
    const all = await measure(() => sweepOnce(pool, strategy, { bars, options: peerOptions }));
    const agreement = await compareWithGolden(pool, strategy, short);
    const peer = measurePeer(short) ?? scaledPeer();
    const perBar = Math.min(...all.seconds) / bars.close.length / (Math.min(...few.seconds) / shortBars);
    return [
      {
        what: `sweep of 4,851 pairs of means with metrics, ${threads} threads`,
        bars: shortBars,
        points: few.result.trades.length,
        seconds: few.seconds,
        peakRssMb: few.peakRssMb,
        peer: { name: peer.name, version: peer.version, seconds: peer.seconds },
        ratio: peer.seconds / Math.min(...few.seconds),
        goal: 'at least 50 x vectorbt without metrics',
        notes: [peer.note, agreement],
      },
      {
        what: `the same on all hours, ${threads} threads`,
        bars: bars.close.length,
        points: all.result.trades.length,
        seconds: all.seconds,
        peakRssMb: all.peakRssMb,
        goal: 'linear in the bars, under 100 MB above the process',
        notes: [
          `${perBar.toFixed(2)} times the time of the row above, a bar`,
          `${Math.round(all.peakRssMb - baseMb)} MB above the process with its threads up and the bars loaded`,
        ],
      },
    ];
  } finally {
    await pool.close();
  }
}

function pairs(): Strategy {
  const { strategy } = checkStrategyText(pairsOfMeans);
  if (strategy === undefined) throw new Error('the strategy of the benchmark is not valid');
  return strategy;
}

async function sweepOnce(
  pool: Pool,
  strategy: Strategy,
  { bars, options }: { bars: Bars; options: SweepOptions },
): Promise<SweepColumns> {
  const points = listPoints(compileStrategy(strategy), parseGrid(strategy, []), { set: {}, allocate: sharedColumn });
  const [board, results] = [createBoard(points.count), sharedResults(points.count)];
  await runSweep(pool, { strategy, markets: sharedMarkets([{ bars }]), options, points, results, board, threads });
  return results;
}

type Golden = Readonly<{
  columns: readonly string[];
  rows: readonly (readonly number[])[];
  ties: Readonly<{ list: readonly (readonly number[])[] }>;
}>;

/** The measured results, with the returns that the peer takes, beside what it gave for every pair. */
async function compareWithGolden(pool: Pool, strategy: Strategy, bars: Bars): Promise<string> {
  const file = new URL('../tests/fixtures/peers/vectorbt-sweep-2978.json.gz', import.meta.url);
  const { columns, rows, ties } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Golden;
  const results = await sweepOnce(pool, strategy, { bars, options: { ...peerOptions, returns: 'bar' } });
  const tied = new Set(ties.list.map(([fast, slow]) => `${fast},${slow}`));
  const place = (name: string): number => columns.indexOf(name);
  let largest = 0;
  for (const [at, row] of rows.entries()) {
    if (tied.has(`${row[place('fast')]},${row[place('slow')]}`)) continue;
    for (const [name, value] of [
      ['tradesClosed', results.trades[at]],
      ['finalEquity', results.finalEquity[at]],
      ['sharpe', results.sharpe[at]],
      ['maxDrawdown', -results.maxDrawdown[at]],
    ] as const) {
      largest = Math.max(largest, Math.abs(value / row[place(name)] - 1) || 0);
    }
  }
  if (largest > 1e-9) throw new Error(`the results differ from vectorbt's by ${largest}`);
  const equal = rows.length - tied.size;
  return `trades, final equity, Sharpe and drawdown of ${equal} pairs agree with vectorbt to ${largest.toExponential(0)}; ${tied.size} pair is decided by its rounding`;
}

type Peer = Readonly<{ name: string; version: string; seconds: number; note: string }>;

/** Runs the peer on the same closes; undefined where no Python has it. */
function measurePeer({ timeMs, close }: Bars): Peer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  try {
    const file = join(folder, 'bars.csv');
    writeFileSync(file, ['timestamp,close', ...Array.from(timeMs, (time, bar) => `${time},${close[bar]}`)].join('\n'));
    const script = fileURLToPath(new URL('peers/vectorbt_sweep.py', import.meta.url));
    const measured = JSON.parse(python([script, file])) as Omit<Peer, 'note'>;
    return { ...measured, note: 'peer: timed beside it, final equity alone, best of 5' };
  } catch {
    return undefined; // no Python, or none with the peer
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** vectorbt 1.1.1 took 2.70 s where the calibration took 0.0587 s; 2.06 s is the best that is known of it. */
const secondsPerCalibration = 2.7 / 0.0587;
const bestKnownSeconds = 2.06;

const calibration = `
import time
best = float("inf")
for _ in range(3):
    started, x = time.perf_counter(), 0.0
    for i in range(1_000_000):
        x += i * 0.5
    best = min(best, time.perf_counter() - started)
print(best)
`;

/** The peer's time on this machine at this moment, from one loop of plain Python. */
function scaledPeer(): Peer {
  const peer = { name: 'vectorbt', version: '1.1.1' };
  try {
    const calibrationSeconds = Number(python(['-c', calibration]));
    const seconds = secondsPerCalibration * calibrationSeconds;
    return { ...peer, seconds, note: `peer: not there, scaled by a loop of Python of ${calibrationSeconds} s` };
  } catch {
    return { ...peer, seconds: bestKnownSeconds, note: 'peer: the best recorded figure, another machine and hour' };
  }
}

const python = (args: readonly string[]): string =>
  execFileSync(process.env['NIGHTDESK_PEER_PYTHON'] ?? 'python3', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

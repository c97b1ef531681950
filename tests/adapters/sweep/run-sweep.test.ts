import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseTree } from '../../../adapters/strategy-files/parse-expression.ts';
import { createCheckpoint } from '../../../adapters/sweep/checkpoint.ts';
import {
  createBoard,
  sharedColumn,
  sharedMarkets,
  sharedResults,
  type SweepJob,
  type SweepTimes,
} from '../../../adapters/sweep/job.ts';
import { runSweep } from '../../../adapters/sweep/run-sweep.ts';
import { createThreadPool } from '../../../adapters/threads/pool.ts';
import { type Grid, listPoints } from '../../../core/backtest/sweep/points.ts';
import { sweepResultNames } from '../../../core/backtest/sweep/sweep.ts';
import { sliceBars } from '../../../core/market/bars.ts';
import { compileStrategy } from '../../../core/strategy/compile.ts';
import type { Strategy } from '../../../core/strategy/strategy.ts';
import { sweepHere } from '../../core/backtest/sweep/sweep-here.ts';
import { fixtureBars } from '../../fixture-files.ts';

const parameter = (name: string) => ({ name, default: 10, min: 2, max: 100, step: 1, integer: true });

const strategy: Strategy = {
  id: 'STR-900',
  name: 'pairs of means',
  hypothesis: 'A test.',
  lineage: { source: 'manual' },
  universe: ['BTC/USDT'],
  timeframe: '1h',
  parameters: [parameter('fast'), parameter('slow')],
  constraints: [parseTree('fast < slow')],
  features: [],
  plugins: [],
  signals: {
    enterLong: parseTree('crossover(sma(close, fast), sma(close, slow))'),
    exitLong: parseTree('crossunder(sma(close, fast), sma(close, slow))'),
  },
  exits: {},
  sizing: { method: 'fraction', fraction: parseTree('1') },
  costs: { feeBps: 10, slippageBps: 0 },
};

const grid: Grid = ['fast', 'slow'].map((name) => ({ name, values: Array.from({ length: 40 }, (_, at) => at + 2) }));
const bars = sliceBars(fixtureBars('ohlcv/BTC-USDT-1h.csv', 'BTC/USDT', '1h'), 0, 1_000);
const options = {
  fill: 'nextOpen',
  startEquity: 10_000,
  closeAtEnd: true,
  returns: 'daily',
  costs: strategy.costs,
} as const;

const pool = createThreadPool<SweepJob, SweepTimes>(new URL('../../../workers/threads/sweep.ts', import.meta.url), 3);
const folder = mkdtempSync(join(tmpdir(), 'nightdesk-sweep-'));
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

function createJob(threads: number, change: Partial<Strategy> = {}): SweepJob {
  const points = listPoints(compileStrategy(strategy), grid, { set: {}, allocate: sharedColumn });
  return {
    strategy: { ...strategy, ...change },
    markets: sharedMarkets([{ bars }]),
    options,
    points,
    results: sharedResults(points.count),
    board: createBoard(points.count),
    threads,
  };
}

const identity = { strategyHash: 'a', dataHash: 'b', grid, options };

describe('a sweep on threads', () => {
  test.each([1, 2, 3])('of %d gives the bits of one on this thread', async (threads) => {
    const job = createJob(threads);
    const { beganMs, endedMs } = await runSweep(pool, job);
    const here = sweepHere(strategy, [{ bars }], options, { grid });
    for (const name of sweepResultNames) expect([...job.results[name]]).toEqual([...here.results[name]]);
    expect(endedMs).toBeGreaterThanOrEqual(beganMs);
  });

  test('that is stopped says how far it came, and leaves what it has', async () => {
    const job = createJob(2);
    const checkpoint = createCheckpoint(identity, job.board, job.results, folder);
    const stopped = runSweep(pool, job, { signal: AbortSignal.abort(), checkpoint });
    await expect(stopped).rejects.toMatchObject({
      code: 'Cancelled',
      message: 'stopped after 0 of 780 points; --resume goes on from there',
    });
    expect(createCheckpoint(identity, job.board, job.results, folder).restore()).toBe(0);
  });

  test('keeps the code of an error in a thread', async () => {
    const sizing = { method: 'plugin' as const, plugin: 'nothing', params: {}, maxFraction: parseTree('1') };
    await expect(runSweep(pool, createJob(2, { sizing }))).rejects.toMatchObject({ code: 'BadInput' });
  });
});

describe('a checkpoint', () => {
  test('gives back done chunks and their results, and is gone after the end', async () => {
    const job = createJob(2);
    job.board.done.fill(1, 0, 5);
    job.results.trades.fill(-1);
    const checkpoint = createCheckpoint(identity, job.board, job.results, folder);
    await checkpoint.save();

    const again = createJob(2);
    const resumed = createCheckpoint(identity, again.board, again.results, folder);
    expect(resumed.restore()).toBe(5 * again.board.chunkPoints);
    await runSweep(pool, again, { checkpoint: resumed });
    const fresh = createJob(1);
    await runSweep(pool, fresh);
    const kept = 5 * again.board.chunkPoints;
    expect(new Set(again.results.trades.subarray(0, kept))).toEqual(new Set([-1])); // taken over, not computed again
    expect([...again.results.trades.subarray(kept)]).toEqual([...fresh.results.trades.subarray(kept)]);
    expect(createCheckpoint(identity, again.board, again.results, folder).restore()).toBe(0);
  });

  test.each([
    ['other data', { dataHash: 'c' }],
    ['another strategy', { strategyHash: 'c' }],
    ['another grid', { grid: grid.slice(1) }],
    ['other costs', { options: { ...options, costs: { feeBps: 11, slippageBps: 0 } } }],
  ])('is not taken for a sweep of %s', async (_, change) => {
    const { board, results } = createJob(1);
    board.done.fill(1);
    await createCheckpoint(identity, board, results, folder).save();
    expect(createCheckpoint({ ...identity, ...change }, board, results, folder).restore()).toBe(0);
  });
});

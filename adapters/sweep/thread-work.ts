import { createPointRunner } from '../../core/backtest/sweep/sweep.ts';
import { type CompiledStrategy, compileStrategy } from '../../core/strategy/compile.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { loadNoPlugins, type LoadPlugins } from '../../core/strategy/strategy-plugins.ts';
import { pluginsFor } from '../strategy-code/load-code.ts';
import { boardPlaces, type SweepBoard, type SweepJob, type SweepTimes } from './job.ts';

/** How long a thread waits for the others before it begins; it only makes the time of a sweep a fair one. */
const readyTimeoutMs = 1_000;

/** The strategy of the last job: a second sweep of it finds its code compiled and warm. */
let last: { text: string; compiled: CompiledStrategy } | undefined;

/** One thread's part of a sweep. */
export async function workOnSweep(job: SweepJob, load: LoadPlugins = loadNoPlugins): Promise<SweepTimes> {
  const { strategy, markets, options, points, results, board, threads } = job;
  const compiled = await compiledOnce(strategy, load);
  waitForOthers(board.counters, threads);
  const beganMs = performance.timeOrigin + performance.now();
  const runner = createPointRunner(compiled, { markets, options, threads });
  const parameters = points.base.slice();
  for (let chunk = takeChunk(board); chunk !== undefined; chunk = takeChunk(board)) {
    const end = Math.min(points.count, (chunk + 1) * board.chunkPoints);
    for (let row = chunk * board.chunkPoints; row < end; row += 1) {
      if (isStopped(board)) break;
      for (const { index, values } of points.columns) parameters[index] = values[row];
      runner.run(parameters, row, results);
    }
    if (!isStopped(board)) finishChunk(board, chunk, end);
  }
  const endedMs = performance.timeOrigin + performance.now();
  runner.release();
  return { beganMs, endedMs };
}

const isStopped = ({ counters }: SweepBoard): boolean => Atomics.load(counters, boardPlaces.stop) === 1;

/** The next chunk that is not done; none when all are taken, or the sweep is stopped. */
function takeChunk(board: SweepBoard): number | undefined {
  const { counters, done } = board;
  while (!isStopped(board)) {
    const chunk = Atomics.add(counters, boardPlaces.nextChunk, 1);
    if (chunk >= done.length) return undefined;
    if (done[chunk] === 0) return chunk;
  }
  return undefined;
}

function finishChunk({ counters, done, chunkPoints }: SweepBoard, chunk: number, end: number): void {
  Atomics.store(done, chunk, 1);
  Atomics.add(counters, boardPlaces.donePoints, end - chunk * chunkPoints);
}

async function compiledOnce(strategy: Strategy, load: LoadPlugins): Promise<CompiledStrategy> {
  const text = JSON.stringify(strategy);
  if (last?.text === text) return last.compiled;
  const compiled = compileStrategy(strategy, await pluginsFor(strategy, load));
  last = { text, compiled };
  return compiled;
}

function waitForOthers(counters: Int32Array, threads: number): void {
  const { ready } = boardPlaces;
  let there = Atomics.add(counters, ready, 1) + 1;
  Atomics.notify(counters, ready);
  while (there < threads) {
    if (Atomics.wait(counters, ready, there, readyTimeoutMs) === 'timed-out') return;
    there = Atomics.load(counters, ready);
  }
}

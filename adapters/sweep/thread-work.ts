import { createPointRunner } from '../../core/backtest/sweep/sweep.ts';
import { type CompiledStrategy, compileStrategy } from '../../core/strategy/compile.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { boardPlaces, type SweepJob, type SweepTimes } from './job.ts';

/** How long a thread waits for the others before it begins; it only makes the time of a sweep a fair one. */
const readyTimeoutMs = 1_000;

/** The strategy of the last job: a second sweep of it finds its code compiled and warm. */
let last: { text: string; compiled: CompiledStrategy } | undefined;

/** One thread's part of a sweep. */
export function workOnSweep({ strategy, markets, options, points, results, board, threads }: SweepJob): SweepTimes {
  const compiled = compiledOnce(strategy);
  waitForOthers(board.counters, threads);
  const beganMs = performance.timeOrigin + performance.now();
  const runPoint = createPointRunner(compiled, { markets, options, threads });
  const parameters = points.base.slice();
  const { counters, done, chunkPoints } = board;
  const { nextChunk, donePoints, stop } = boardPlaces;
  for (;;) {
    const chunk = Atomics.add(counters, nextChunk, 1);
    if (chunk >= done.length) break;
    if (done[chunk] === 1) continue;
    const end = Math.min(points.count, (chunk + 1) * chunkPoints);
    for (let row = chunk * chunkPoints; row < end; row += 1) {
      if (Atomics.load(counters, stop) === 1) return { beganMs, endedMs: performance.timeOrigin + performance.now() };
      for (const { index, values } of points.columns) parameters[index] = values[row];
      runPoint(parameters, row, results);
    }
    Atomics.store(done, chunk, 1);
    Atomics.add(counters, donePoints, end - chunk * chunkPoints);
  }
  return { beganMs, endedMs: performance.timeOrigin + performance.now() };
}

function compiledOnce(strategy: Strategy): CompiledStrategy {
  const text = JSON.stringify(strategy);
  if (last?.text !== text) last = { text, compiled: compileStrategy(strategy) };
  return last.compiled;
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

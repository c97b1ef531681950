import { availableParallelism } from 'node:os';
import type { FinishedRun } from '../apps/cli/validate/run-validation.ts';
import { onBenchDesk } from './desk.ts';
import type { BenchRow } from './measure.ts';

const runs = 5;

/**
 * The twelve example strategies through L0, on a server and a worker of their own: wall clock of the whole run against
 * the time inside activities. What is left over a strategy is the price of durability.
 */
export function benchValidationRun(): Promise<readonly BenchRow[]> {
  return onBenchDesk(async ({ validate }) => {
    const finished: FinishedRun[] = [];
    // The first run fills caches and is not counted.
    for (let run = 0; run <= runs; run++) {
      const ended = await validate({});
      if (run > 0) finished.push(ended);
    }
    return [row(finished)];
  });
}

function row(finished: readonly FinishedRun[]): BenchRow {
  const slots = availableParallelism();
  const overheads = finished.map(({ summary }) => {
    const judged = summary.passed + summary.failed + summary.timedOut + summary.errors;
    return (summary.wallSeconds - summary.sequentialSeconds / slots) / judged;
  });
  const best = Math.min(...overheads) * 1_000;
  const [first] = finished;
  return {
    what: `L0 run of ${first?.verdicts.length ?? 0} strategies through Temporal, ${slots} threads`,
    seconds: finished.map(({ summary }) => summary.wallSeconds),
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    goal: `durable overhead at most 60 ms a strategy: ${best.toFixed(0)} ms`,
    notes: [
      `seconds inside activities: ${finished.map(({ summary }) => summary.sequentialSeconds.toFixed(3)).join(', ')}`,
      'overhead a strategy = (wall clock - activity time / threads) / strategies; best of the runs',
    ],
  };
}

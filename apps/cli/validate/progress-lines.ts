import pc from 'picocolors';
import type { RunProgress } from '../../../core/validation/run-board.ts';
import { isSlow } from '../../../core/validation/run.ts';
import { notice } from '../output.ts';
import { createProgress } from '../progress.ts';
import type { LoopTexts } from './loops-under-way.ts';

/** Above this a line for each strategy says less than the bar. */
const fewStrategies = 50;

export type ProgressLines = Readonly<{ update(progress: RunProgress, loops: LoopTexts): void; finish(): void }>;

/** A bar with an estimate, and a line for each strategy that is done when there are few. */
export function createProgressLines(tier: string): ProgressLines {
  const bar = createProgress(`${tier}:`);
  let told = 0;
  return {
    update({ done, total, running, counts, finished, medianSeconds }, loops) {
      const fresh = finished.slice(Math.max(0, finished.length - (done - told)));
      told = done;
      if (total <= fewStrategies && fresh.length > 0) {
        bar.finish();
        for (const { strategyId, status, seconds, reason } of fresh) {
          const colour = status === 'PASS' ? pc.green : pc.red;
          notice(`  ${strategyId} ${colour(status)} in ${seconds.toFixed(2)} s${reason === '' ? '' : ` (${reason})`}`);
        }
      }
      const now = Date.now();
      // Before anything is done there is no median to be slower than.
      const slow = running.filter(
        ({ startedMs }) =>
          medianSeconds > 0 && isSlow((now - startedMs) / 1_000, [medianSeconds, medianSeconds, medianSeconds]),
      );
      const notes = [
        `${counts.PASS} passed`,
        running.length > 0 ? `${runningText(running, loops)} running` : '',
        slow.length > 0 ? `slow: ${slow.map(({ strategyId }) => strategyId).join(' ')}` : '',
      ];
      bar.update(done, total, notes.filter(Boolean).join(', '));
    },
    finish: () => bar.finish(),
  };
}

/** The first four, each with its loop where that is known: `STR-001 (sweep 120/500) STR-002`. */
const runningText = (running: RunProgress['running'], loops: LoopTexts): string =>
  running
    .slice(0, 4)
    .map(({ strategyId }) => {
      const loop = loops.get(strategyId);
      return loop === undefined ? strategyId : `${strategyId} (${loop})`;
    })
    .join(' ');

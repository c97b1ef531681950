import type { Store } from '../../../core/ports/store.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import type { RunInput } from '../../../core/validation/run-input.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import type { Desk } from '../desk/provide-desk.ts';
import { notice } from '../output.ts';
import { climb } from './climb.ts';
import { createProgressLines } from './progress-lines.ts';
import { runValidation, type ValidationRun } from './run-validation.ts';

export type LadderRequest = Readonly<{
  desk: Desk;
  store: Store;
  input: RunInput;
  ladder: readonly Tier[];
  taskTimeoutMs: number;
  /** How often to ask a run how it stands. */
  everyMs: number;
  onPlan: (plan: RunPlan) => void;
  signal: AbortSignal;
}>;

/** Runs the tiers of a ladder on a desk, and shows how each of them goes. */
export function runLadder({ ladder, input, ...request }: LadderRequest): ReturnType<typeof climb> {
  const { desk, store, signal } = request;
  const run = async (asked: RunInput, runId: string): Promise<ValidationRun> => {
    const lines = createProgressLines(asked.tier);
    try {
      const running = runValidation({
        ...request,
        runId,
        // Nobody could answer a question after the server has ended with us.
        input: desk.ours ? { escalationTimeoutSeconds: 0, ...asked } : asked,
        onStart: () => notice(`run ${runId} (workflow parallel-validation:${runId})`),
        onProgress: lines.update,
        onNobody: () => notice('no worker has taken the run up yet; nightdesk status shows who polls'),
        signal,
      });
      return await Promise.race([running, desk.whenLost.then(() => running)]);
    } finally {
      lines.finish();
    }
  };
  return climb(input, ladder, { store, run });
}

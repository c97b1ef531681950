import { openStore } from '../../../adapters/store/open-store.ts';
import { loadParallelValidation } from '../../../config/parallel-validation.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import type { RunInput } from '../../../core/validation/run-input.ts';
import { provideDesk } from '../desk/provide-desk.ts';
import { notice, print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { climb, lastVerdicts, tiersThrough } from './climb.ts';
import { runInputOf, type ValidateOptions } from './input.ts';
import * as people from './print-run.ts';
import { createProgressLines } from './progress-lines.ts';
import { type FinishedRun, runValidation, type ValidationRun } from './run-validation.ts';

const terminalPollMs = 250;

/** Runs the command: provides server and worker where there are none, follows the run, prints what it says. */
export async function validateNow(names: readonly string[], options: ValidateOptions): Promise<void> {
  const input = runInputOf(names, options); // bad input is refused before anything is started
  const ladder = tiersThrough(input.tier, options.through);
  const { polling_interval_seconds: pollSeconds } = loadParallelValidation();
  const store = await openStore();
  const { signal, release } = stopSignal();
  try {
    const desk = await provideDesk({ onProgress: notice, signal });
    const run = async (asked: RunInput, runId: string): Promise<ValidationRun> => {
      const lines = createProgressLines(asked.tier);
      try {
        const running = runValidation({
          desk,
          store,
          runId,
          // Nobody could answer a question after the server has ended with us.
          input: desk.ours ? { escalationTimeoutSeconds: 0, ...asked } : asked,
          taskTimeoutMs: options.taskTimeout,
          everyMs: process.stderr.isTTY ? terminalPollMs : Math.min(pollSeconds * 1_000, 1_000),
          onStart: () => notice(`run ${runId} (workflow parallel-validation:${runId})`),
          onPlan: noticeProblems,
          onProgress: lines.update,
          onNobody: () => notice('no worker has taken the run up yet; nightdesk status shows who polls'),
          signal,
        });
        return await Promise.race([running, desk.whenLost.then(() => running)]);
      } finally {
        lines.finish();
      }
    };
    try {
      show(await climb(input, ladder, { store, run }), options.json === true);
    } finally {
      await desk.stop();
    }
  } finally {
    store.close();
    release();
  }
}

function noticeProblems({ problems, brokenFiles }: RunPlan): void {
  for (const { message } of problems) notice(`left out: ${message}`);
  if (brokenFiles > problems.length) notice(`left out: ${brokenFiles - problems.length} more broken files`);
}

function show({ finished, broken }: Awaited<ReturnType<typeof climb>>, json: boolean): void {
  if (json) {
    if (broken && 'plan' in broken) printJson(broken);
    else if (finished.length > 0) printJson(ladderDocument(finished));
  } else {
    finished.forEach(printRun);
    if (broken && 'plan' in broken) people.printPlan(broken.plan);
  }
  if (broken && 'left' in broken) {
    notice(`the run goes on as ${broken.left}; nightdesk status shows how it stands`);
  }
}

/** One run as it is; several as the last of them, with the verdict at which each strategy stopped, and all of them. */
function ladderDocument(finished: readonly FinishedRun[]) {
  const last = runDocument(finished[finished.length - 1]);
  if (finished.length === 1) return last;
  return { ...last, results: lastVerdicts(finished).map(({ verdict }) => verdict), runs: finished.map(runDocument) };
}

const runDocument = ({ runId, workflowId, tier, verdicts, summary, alerts, escalation, waits }: FinishedRun) => ({
  runId,
  workflowId,
  tier,
  results: verdicts.map(({ verdict }) => verdict),
  summary,
  seconds: Object.fromEntries(verdicts.map(({ verdict, seconds }) => [verdict.strategyId, seconds])),
  alerts,
  ...(escalation === undefined ? {} : { escalation }),
  waitsForAnswer: waits,
});

export function printRun({ runId, workflowId, verdicts, summary, alerts, escalation, waits }: FinishedRun): void {
  if (verdicts.length > 0) people.printVerdicts(verdicts);
  print();
  print(people.summaryText(summary));
  people.printAlerts(alerts);
  if (escalation !== undefined && waits) people.printQuestion(workflowId, escalation);
  else if (escalation !== undefined) people.printEscalation(escalation);
  print(`nightdesk why ${runId} and nightdesk report ${runId} say more`);
}

import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { storeFile } from '../../../adapters/store/places.ts';
import { loadParallelValidation } from '../../../config/parallel-validation.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import { provideDesk } from '../desk/provide-desk.ts';
import { notice, print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { runInputOf, type ValidateOptions } from './input.ts';
import * as people from './print-run.ts';
import { createProgressLines } from './progress-lines.ts';
import { type FinishedRun, runValidation, type ValidationRun } from './run-validation.ts';

const terminalPollMs = 250;

/** Runs the command: provides server and worker where there are none, follows the run, prints what it says. */
export async function validateNow(names: readonly string[], options: ValidateOptions): Promise<void> {
  const input = runInputOf(names, options); // bad input is refused before anything is started
  const { polling_interval_seconds: pollSeconds } = loadParallelValidation();
  const store = openSqliteStore(storeFile());
  const { signal, release } = stopSignal();
  const lines = createProgressLines(input.tier);
  try {
    const desk = await provideDesk({ onProgress: notice, signal });
    try {
      const run = runValidation({
        desk,
        store,
        // Nobody could answer a question after the server has ended with us.
        input: desk.ours ? { escalationTimeoutSeconds: 0, ...input } : input,
        taskTimeoutMs: options.taskTimeout,
        everyMs: process.stderr.isTTY ? terminalPollMs : Math.min(pollSeconds * 1_000, 1_000),
        onStart: (runId) => notice(`run ${runId} (workflow parallel-validation:${runId})`),
        onPlan: noticeProblems,
        onProgress: lines.update,
        onNobody: () => notice('no worker has taken the run up yet; nightdesk status shows who polls'),
        signal,
      });
      const outcome = await Promise.race([run, desk.whenLost.then(() => run)]);
      lines.finish();
      show(outcome, options.json === true);
    } finally {
      lines.finish();
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

function show(outcome: ValidationRun, json: boolean): void {
  if ('left' in outcome) {
    notice(`the run goes on as ${outcome.left}; nightdesk status shows how it stands`);
    return;
  }
  if ('plan' in outcome) {
    if (json) printJson(outcome);
    else people.printPlan(outcome.plan);
    return;
  }
  const { finished } = outcome;
  if (json) printJson(runDocument(finished));
  else printRun(finished);
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

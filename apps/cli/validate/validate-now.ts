import { checkDataRequest } from '../../../adapters/market-data/check-request.ts';
import { inspectStrategies } from '../../../adapters/validation/inspect.ts';
import { openStore } from '../../../adapters/store/open-store.ts';
import { loadParallelValidation } from '../../../config/parallel-validation.ts';
import { strategiesFolder } from '../../../config/paths.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import { loadStrategyPlugins } from '../../../plugins/strategy/load.ts';
import { provideDesk } from '../desk/provide-desk.ts';
import { notice, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { type climb, lastVerdicts, tiersThrough } from './climb.ts';
import { runInputOf, type ValidateOptions } from './input.ts';
import { printPlan, printRuns } from './print-run.ts';
import { runLadder } from './run-ladder.ts';
import type { FinishedRun } from './run-validation.ts';

const terminalPollMs = 250;

/** Runs the command: provides server and worker where there are none, follows the run, prints what it says. */
export async function validateNow(names: readonly string[], options: ValidateOptions): Promise<void> {
  const input = runInputOf(names, options); // bad input is refused before anything is started
  const ladder = tiersThrough(input.tier, options.through);
  checkDataRequest(input.data);
  if (input.strategies.length > 0) await inspectStrategies(input, strategiesFolder(), loadStrategyPlugins);
  const { polling_interval_seconds: pollSeconds } = loadParallelValidation();
  const store = await openStore();
  const { signal, release } = stopSignal();
  try {
    const desk = await provideDesk({ onProgress: notice, signal });
    try {
      const everyMs = process.stderr.isTTY ? terminalPollMs : Math.min(pollSeconds * 1_000, 1_000);
      const { taskTimeout: taskTimeoutMs, json } = options;
      const request = { desk, store, input, ladder, taskTimeoutMs, everyMs, onPlan: noticeProblems, signal };
      show(await runLadder(request), json === true);
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
    printRuns(finished);
    if (broken && 'plan' in broken) printPlan(broken.plan);
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

import { existsSync } from 'node:fs';
import { openStore } from '../../../adapters/store/open-store.ts';
import { runFolder } from '../../../adapters/store/artifacts.ts';
import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import type { QueueEntry, RunRecord, Store, StoredVerdict, StrategyRecord } from '../../../core/ports/store.ts';
import { utcTime, strategyCount } from '../format.ts';
import { print, printJson } from '../output.ts';
import { gateLine, printAlerts, printEscalation, printVerdicts, summaryText } from '../validate/print-run.ts';

/** The chain of one verdict: what was judged, by which code, on which data, in which run. */
type Chain = Readonly<{
  strategy: StrategyRecord | undefined;
  queue: QueueEntry | undefined;
  run: RunRecord | undefined;
  stored: StoredVerdict;
  /** Trials of the family until now. */
  trials: number;
  artifact: string;
}>;

/** Prints the chain of a strategy's newest verdict, or of all verdicts of a run. */
export async function explain(subject: string, json: boolean): Promise<void> {
  const store = await openStore();
  try {
    if (/^STR-\d+$/i.test(subject)) await explainStrategy(store, subject.toUpperCase(), json);
    else await explainRun(store, subject.replace(/^parallel-validation:/, ''), json);
  } finally {
    store.close();
  }
}

async function explainStrategy(store: Store, strategyId: string, json: boolean): Promise<void> {
  const stored = await store.latestVerdict(strategyId);
  if (stored === undefined)
    throw nothingYet(
      strategyId,
      (await store.queue()).map((entry) => entry.strategyId),
    );
  const chain = await chainOf(store, stored);
  if (json) printJson(chainDocument(chain));
  else printChain(chain);
}

async function explainRun(store: Store, runId: string, json: boolean): Promise<void> {
  const run = await store.run(runId);
  if (run === undefined)
    throw nothingYet(
      runId,
      (await store.runs(100)).map((known) => known.runId),
    );
  const verdicts = await store.verdicts(runId);
  if (json) {
    const chains = await Promise.all(verdicts.map((stored) => chainOf(store, stored)));
    printJson({ run, outcomes: await store.outcomes(runId), verdicts: chains.map(chainDocument) });
    return;
  }
  print(`run        ${run.runId}: ${strategyCount(run.strategies)} at ${run.tier}, ${run.state}`);
  print(`workflow   ${run.workflowId} (execution ${run.executionId})`);
  print(`started    ${utcTime(run.startedMs)} UTC`);
  print(`code       ${run.codeVersion}`);
  print(`results    ${runFolder(runId)}`);
  print();
  if (verdicts.length > 0) printVerdicts(verdicts);
  print();
  if (run.summary !== undefined) print(summaryText(run.summary));
  printAlerts(run.alerts);
  if (run.escalation !== undefined) printEscalation(run.escalation);
  print('nightdesk why <strategyId> shows the numbers behind one verdict');
}

async function chainOf(store: Store, stored: StoredVerdict): Promise<Chain> {
  const { strategyId, tier } = stored.verdict;
  const [strategy, run, trials, queue] = await Promise.all([
    store.strategy(strategyId),
    store.run(stored.runId),
    store.trials(strategyId),
    store.queue(),
  ]);
  const artifact = `${runFolder(stored.runId)}/${strategyId}-${tier}.json`;
  return { strategy, run, stored, trials, artifact, queue: queue.find((entry) => entry.strategyId === strategyId) };
}

const chainDocument = ({ strategy, queue, run, stored, trials, artifact }: Chain) => ({
  strategyId: stored.verdict.strategyId,
  name: strategy?.name,
  file: strategy?.file,
  fileHash: strategy?.strategyHash,
  queue: queue === undefined ? undefined : { status: queue.status, reason: queue.reason },
  runId: stored.runId,
  workflowId: run?.workflowId,
  executionId: run?.executionId,
  childWorkflowId: `strategy-validation:${stored.runId}:${stored.verdict.strategyId}`,
  verdict: stored.verdict,
  seconds: stored.seconds,
  timeouts: stored.timeouts,
  trialsEver: trials,
  artifact,
});

function printChain({ strategy, queue, run, stored, trials, artifact }: Chain): void {
  const { verdict, runId } = stored;
  print(`strategy   ${verdict.strategyId} ${strategy?.name ?? ''}`.trimEnd());
  print(`file       ${strategy?.file ?? 'not known any more'}`);
  print(`meaning    ${verdict.strategyHash}${changed(strategy, verdict.strategyHash)}`);
  print(
    `queue      ${queue === undefined ? 'not queued' : `${queue.status}${queue.reason === '' ? '' : `: ${queue.reason}`}`}`,
  );
  print(`run        ${runId}, ${utcTime(stored.storedMs)} UTC, ${stored.seconds.toFixed(2)} s`);
  print(`workflow   ${run?.workflowId ?? 'not known'} (execution ${run?.executionId ?? 'not known'})`);
  print(`           strategy-validation:${runId}:${verdict.strategyId}`);
  print();
  print(`${verdict.tier} ${verdict.status}`);
  for (const gate of verdict.gates) print(`  ${gateLine(gate)}`);
  if (verdict.gates.length === 0) for (const { message } of verdict.failures) print(`  ${message}`);
  for (const warning of verdict.warnings) print(`  warning: ${warning}`);
  print();
  for (const window of verdict.windows) {
    const note = window.note === undefined ? '' : ` (${window.note})`;
    print(
      `window     ${window.name}: ${utcTime(window.fromMs)} to ${utcTime(window.toMs)} UTC, ${window.bars} bars${note}`,
    );
  }
  print(`trials     ${verdict.trials.ownRun} in this run, ${verdict.trials.total} before it, ${trials} until now`);
  print(`data       ${verdict.dataHash === '' ? 'none was read' : verdict.dataHash}`);
  print(`code       ${verdict.codeVersion}, seed ${verdict.seed}`);
  print(`result     ${existsSync(artifact) ? artifact : 'no file was left'}`);
}

const changed = (strategy: StrategyRecord | undefined, hash: string) =>
  strategy === undefined || strategy.strategyHash === hash ? '' : ' (the file means something else now)';

function nothingYet(subject: string, known: readonly string[]): DeskError {
  const nearest = nearestName(subject, known);
  return new DeskError('NotFound', `no verdict is known of ${subject}`, {
    expected: 'a strategy id that was validated, or the id of a run; nightdesk validate makes some',
    ...(nearest === undefined ? {} : { nearest }),
  });
}

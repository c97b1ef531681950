import { relative } from 'node:path';
import { hashColumns } from '../../adapters/hashing.ts';
import { loadMarkets } from '../../adapters/market-data/load-markets.ts';
import { readArtifact } from '../../adapters/store/artifacts.ts';
import { projectFolder } from '../../config/paths.ts';
import { DeskError } from '../../core/errors.ts';
import type { Bars } from '../../core/market/bars.ts';
import { sliceBars } from '../../core/market/bars.ts';
import type { RunRecord, Store } from '../../core/ports/store.ts';
import type { StoredResult, ValidationArtifact } from '../../core/validation/artifact.ts';
import type { GatePower } from '../../core/validation/gate-power.ts';
import type { RunSummary } from '../../core/validation/run.ts';
import { tierRules } from '../../core/validation/tiers/index.ts';
import { readGatePower } from '../gate-power-file.ts';
import { sentence, words } from './format.ts';
import { earlierTiers, type Judged, judgedBy, ladderOf } from './load-ladder.ts';
import { ledgerOf } from './load-ledger.ts';
import type { ReportModel, ReportResult, StrategyReport } from './model.ts';

export type ReportRequest = Readonly<{
  /** Left out: the newest run. */
  runId?: string;
  /** Only these strategies; left out: all of the run. */
  strategyIds?: readonly string[];
  version: string;
  onProgress?(done: number, total: number): void;
}>;

/**
 * Puts together what a run left, and the runs that climbed a ladder with it: records and verdicts from the store,
 * results from the output folders, and the bars that were judged from wherever they came. What is missing is said on
 * the page, never guessed.
 */
export async function loadReport(store: Store, request: ReportRequest): Promise<ReportModel> {
  const asked = await findRun(store, request.runId);
  const ladder = await ladderOf(store, asked);
  const judged = await judgedBy(store, ladder);
  const ids = chosenIds([...judged.keys()].toSorted(), request.strategyIds, asked);
  const strategies: StrategyReport[] = [];
  for (const strategyId of ids) {
    strategies.push(await strategyReport(store, strategyId, judged.get(strategyId) ?? []));
    request.onProgress?.(strategies.length, ids.length);
  }
  const power = measuredPower();
  return {
    run: reportRun(ladder, request.strategyIds ? strategies.length : undefined),
    strategies,
    ...(power && { power }),
    version: request.version,
  };
}

/** The ladder as one run: it begins with its first and ends with its last. */
function reportRun(ladder: readonly [RunRecord, ...RunRecord[]], shown: number | undefined): ReportModel['run'] {
  const [first] = ladder;
  const last = ladder[ladder.length - 1] ?? first;
  const summaries = ladder.flatMap(({ summary }) => summary ?? []);
  const sum = (pick: (summary: RunSummary) => number) => summaries.reduce((total, each) => total + pick(each), 0);
  return {
    runId: first.runId,
    tier: last.tier,
    workflowId: first.workflowId,
    startedAtMs: first.startedMs,
    ...(ladder.length > 1 && {
      ladder: ladder.map(({ runId, tier, strategies }) => ({ runId, tier, strategies })),
    }),
    ...(last.finishedMs !== undefined && { finishedAtMs: last.finishedMs }),
    ...(summaries.length === ladder.length && {
      wallSeconds: sum(({ wallSeconds }) => wallSeconds),
      sequentialSeconds: sum(({ sequentialSeconds }) => sequentialSeconds),
    }),
    strategies: shown ?? first.strategies,
    notices: ladder.flatMap(noticesOf),
  };
}

/** Undefined where nobody has measured it. */
function measuredPower(): GatePower | undefined {
  try {
    return readGatePower();
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'NotFound') return undefined;
    throw thrown;
  }
}

function noticesOf({ state, alerts, escalation }: RunRecord): readonly string[] {
  const notices = alerts.map(({ message }) => sentence(message));
  if (state === 'running') notices.unshift('The run is not over: this is how far it is.');
  if (state === 'cancelled') notices.unshift('The run was cancelled.');
  if (!escalation) return notices;
  const answer = escalation.answer
    ? `${words(escalation.answer.choice)}, by ${escalation.answer.by}`
    : `not answered yet (${escalation.choices.map(words).join(', ')})`;
  return [...notices, `Escalated to a person: ${escalation.reason}. Answer: ${answer}.`];
}

async function findRun(store: Store, runId: string | undefined): Promise<RunRecord> {
  const recent = await store.runs(5);
  const run = runId === undefined ? recent[0] : await store.run(runId);
  if (run) return run;
  if (runId === undefined) {
    throw new DeskError('NotFound', 'there is no run yet', { expected: 'a run of `nightdesk validate`' });
  }
  const expected = recent.length > 0 ? recent.map((other) => other.runId).join(', ') : 'a run of `nightdesk validate`';
  throw new DeskError('NotFound', 'no such run', { path: 'runId', expected, found: runId });
}

function chosenIds(all: readonly string[], chosen: readonly string[] | undefined, run: RunRecord): readonly string[] {
  const missing = chosen?.find((id) => !all.includes(id));
  if (missing !== undefined) {
    throw new DeskError('NotFound', `run ${run.runId} has no result of that strategy`, {
      path: '--strategy',
      expected: all.slice(0, 20).join(', ') || 'a run with results',
      found: missing,
    });
  }
  return chosen ?? all;
}

type Known = Pick<Judged, 'verdict' | 'outcome'>;

async function strategyReport(store: Store, strategyId: string, judged: readonly Judged[]): Promise<StrategyReport> {
  const top = judged[judged.length - 1];
  const { run, verdict: stored, outcome } = top;
  const artifact = readArtifact({ runId: run.runId, strategyId, tier: run.tier });
  const record = artifact ?? (await store.strategy(strategyId));
  const drawn = artifact?.result === undefined ? {} : await barsOf(artifact);
  const reason = artifact?.result === undefined ? absentReason(artifact, top) : drawn.problem;
  const seconds = stored?.seconds ?? outcome?.seconds;
  const earlier = earlierTiers(strategyId, judged.slice(0, -1));
  const ledger = await ledgerOf(store, strategyId, artifact);
  return {
    strategyId,
    name: record?.name ?? strategyId,
    hypothesis: artifact?.hypothesis ?? '',
    symbols: artifact?.symbols ?? [],
    timeframe: artifact?.timeframe ?? '',
    parameters: artifact?.parameters ?? {},
    workflowId: `strategy-validation:${run.runId}:${strategyId}`,
    ...(record && { file: shownPath(record.file) }),
    ...(stored && { verdict: { ...stored.verdict, warnings: stored.verdict.warnings.map(withoutCheckout) } }),
    ...(seconds !== undefined && { seconds }),
    ...(artifact?.details && { details: artifact.details }),
    ...(earlier.length > 0 && { earlier }),
    ...(ledger && { ledger }),
    ...(artifact?.result && { result: liveResult(artifact.result) }),
    ...(drawn.bars && { bars: drawn.bars }),
    ...(reason !== undefined && { absent: reason }),
  };
}

function absentReason(artifact: ValidationArtifact | undefined, { verdict, outcome }: Known): string | undefined {
  if (outcome?.status === 'CANCELLED' || outcome?.status === 'SKIPPED') {
    return `${outcome.status === 'CANCELLED' ? 'Cancelled' : 'Skipped'}: ${outcome.reason || 'no reason was recorded'}.`;
  }
  if (artifact) return 'Nothing was run, so there are no curves: the gates say why.';
  if (verdict?.verdict.status === 'PASS' || verdict?.verdict.status === 'FAIL') {
    return 'The run left no result file for this strategy, so curves and trades are missing.';
  }
  return `No backtest was finished${outcome?.reason ? `: ${outcome.reason}` : ''}.`;
}

/** The stored result as the page takes it: columns are typed arrays again. */
function liveResult({ equity, ...rest }: StoredResult): ReportResult {
  return {
    ...rest,
    warnings: rest.warnings.map(withoutCheckout),
    equity: { timeMs: Float64Array.from(equity.timeMs), equity: Float64Array.from(equity.equity) },
  };
}

type Drawn = Readonly<{ bars?: Bars; problem?: string }>;

/**
 * The primary asset's bars of the window, read again from where the run had them. Where their hash can be checked and
 * is another one than the verdict's, they are not drawn: they are not what was judged.
 */
async function barsOf({ symbols, timeframe, data, window, tier, verdict }: ValidationArtifact): Promise<Drawn> {
  try {
    const { markets } = await loadMarkets({
      ...data,
      universe: symbols.slice(0, 1),
      timeframe,
      allowGaps: true,
    });
    const [primary] = markets;
    const { timeMs } = primary.bars;
    const from = timeMs.findIndex((time) => time >= window.fromMs);
    const after = timeMs.findIndex((time) => time > window.toMs);
    const bars = sliceBars(primary.bars, Math.max(0, from), after === -1 ? timeMs.length : after);
    const provable = tierRules[tier]?.scope === 'primary';
    if (provable && hashColumns([{ ...primary, bars }]) !== verdict.dataHash) {
      return { problem: 'Candles are not drawn: the bars on disk are no longer those that were judged.' };
    }
    return { bars };
  } catch (thrown) {
    if (!(thrown instanceof DeskError)) throw thrown;
    return { problem: `Candles are not drawn: ${thrown.message}.` };
  }
}

/** A warning that names a file of the checkout, with the file's path in it. */
const withoutCheckout = (text: string): string => text.replaceAll(projectFolder, '');

/** Files of the checkout by their path in it; others as they are. */
function shownPath(file: string): string {
  const inside = relative(projectFolder, file);
  return inside.startsWith('..') ? file : inside;
}

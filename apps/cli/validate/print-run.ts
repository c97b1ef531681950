import pc from 'picocolors';
import type { StoredVerdict } from '../../../core/ports/store.ts';
import type { RunPlan } from '../../../core/validation/plan.ts';
import type { Escalation, RunAlert, RunSummary } from '../../../core/validation/run.ts';
import { hasVote } from '../../../core/validation/gates.ts';
import { gateText } from '../../../core/validation/validate-tier.ts';
import type { Verdict } from '../../../core/validation/verdict.ts';
import { percent, strategyCount } from '../format.ts';
import { print } from '../output.ts';
import { duration } from '../progress.ts';
import { renderTable } from '../table.ts';
import { lastVerdicts } from './climb.ts';
import type { FinishedRun } from './run-validation.ts';

const paint = { PASS: pc.green, FAIL: pc.red, TIMEOUT: pc.yellow, ERROR: pc.magenta } as const;

/**
 * Runs that have ended: one as a table of its verdicts; several tiers as one table of where each strategy stopped. The
 * totals of each run follow, and where to read on.
 */
export function printRuns(finished: readonly FinishedRun[]): void {
  const last = finished.at(-1);
  if (last === undefined) return;
  const verdicts = lastVerdicts(finished);
  if (verdicts.length > 0) printVerdicts(verdicts, finished.length > 1);
  print();
  for (const run of finished) {
    print(`${finished.length > 1 ? `${run.tier}: ` : ''}${summaryText(run.summary)}`);
    printAlerts(run.alerts);
    if (run.escalation !== undefined && run.waits) printQuestion(run.workflowId, run.escalation);
    else if (run.escalation !== undefined) printEscalation(run.escalation);
  }
  print(`nightdesk why ${last.runId} and nightdesk report ${last.runId} say more`);
}

/** What every tier has; `why` shows each gate's own numbers. */
export function printVerdicts(verdicts: readonly StoredVerdict[], withTier = false): void {
  print(
    renderTable(
      [
        { title: 'strategy' },
        ...(withTier ? [{ title: 'tier' }] : []),
        { title: 'verdict' },
        { title: 'gates', align: 'right' },
        { title: 'trades', align: 'right' },
        { title: 'sharpe', align: 'right' },
        { title: 'return', align: 'right' },
        { title: 'drawdown', align: 'right' },
        { title: 'seconds', align: 'right' },
        { title: 'stopped by' },
      ],
      verdicts.map(({ verdict, seconds }) => {
        const [id, ...cells] = row(verdict, seconds);
        return [id, ...(withTier ? [verdict.tier] : []), ...cells];
      }),
    ),
  );
}

function row(verdict: Verdict, seconds: number): string[] {
  const { strategyId, status, gates, metrics } = verdict;
  const voting = gates.filter((gate) => hasVote(verdict.tier, gate));
  const passed = voting.filter((gate) => gate.passed).length;
  return [
    strategyId,
    paint[status](status),
    voting.length === 0 ? '' : `${passed}/${voting.length}`,
    metrics.trades === undefined ? '' : String(metrics.trades),
    metrics.sharpe === undefined ? '' : metrics.sharpe.toFixed(2),
    metrics.totalReturn === undefined ? '' : percent(metrics.totalReturn, 1),
    metrics.maxDrawdown === undefined ? '' : percent(metrics.maxDrawdown, 1),
    seconds.toFixed(2),
    whyText(verdict),
  ];
}

/** The failed rows in short; the whole reason where there are no rows. */
function whyText({ gates, failures, status }: Verdict): string {
  if (status === 'PASS') return '';
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length > 0) return failed.map(({ name }) => name).join(', ');
  const [first] = failures;
  return (first?.message ?? '').slice(0, 80);
}

/** `3 passed, 9 failed (8 can be fixed) in 1.2 s; one after the other: 2.6 s, 1.4 s saved`. */
export function summaryText(summary: RunSummary): string {
  const { passed, failed, timedOut, errors, cancelled, skipped, fixable, wallSeconds, sequentialSeconds } = summary;
  const counts = [
    `${passed} passed`,
    `${failed} failed${fixable > 0 ? ` (${fixable} fixable)` : ''}`,
    timedOut > 0 ? `${timedOut} timed out` : '',
    errors > 0 ? `${errors} ended in an error` : '',
    cancelled > 0 ? `${cancelled} cancelled` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ].filter(Boolean);
  const saved = sequentialSeconds - wallSeconds;
  const times = `${duration(wallSeconds * 1_000)}; one after the other ${duration(sequentialSeconds * 1_000)}`;
  return `${counts.join(', ')} in ${times}${saved > 0 ? `, ${duration(saved * 1_000)} saved` : ''}`;
}

export function printAlerts(alerts: readonly RunAlert[]): void {
  for (const { name, message } of alerts) print(`${pc.yellow('alert')} ${name}: ${message}`);
}

export function printEscalation({ reason, answer }: Escalation): void {
  print(`${pc.yellow('escalated')} ${reason}: ${answer === undefined ? 'waits for an answer' : answerText(answer)}`);
}

const answerText = ({ choice, by }: NonNullable<Escalation['answer']>) => `${choice}, by ${by}`;

/** How to answer a run that asks; for whoever has to. */
function printQuestion(workflowId: string, { reason }: Escalation): void {
  print(`${pc.yellow('escalated')} ${reason}. The run waits for one of three answers:`);
  for (const choice of ['relaxThresholds', 'strategyMeeting', 'goOn']) {
    const input = JSON.stringify({ choice, by: 'me' });
    print(`  nightdesk temporal workflow update execute -w ${workflowId} --name answerEscalation --input '${input}'`);
  }
}

/** What a run would do. */
export function printPlan(plan: RunPlan): void {
  print(`${strategyCount(plan.strategies.length)} at ${plan.tier}: ${plan.history}`);
  print(
    `${plan.workers} at once, each at most ${duration(plan.timeoutSeconds * 1_000)}; ${plan.waiting} wait for ${plan.tier}`,
  );
  print();
  print(
    renderTable(
      [{ title: 'strategy' }, { title: 'name' }],
      plan.strategies.map(({ strategyId, name }) => [strategyId, name]),
    ),
  );
  printProblems(plan);
}

function printProblems({ problems, brokenFiles }: RunPlan): void {
  if (brokenFiles === 0) return;
  print(pc.yellow(`${brokenFiles} broken ${brokenFiles === 1 ? 'file is' : 'files are'} left out:`));
  for (const { message } of problems) print(`  ${message}`);
}

/** One gate for `why`. */
export const gateLine = (gate: Verdict['gates'][number]): string =>
  `${gate.passed ? pc.green('passed') : pc.red('failed')} ${gateText(gate)}`;

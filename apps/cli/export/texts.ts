import { stringify } from 'yaml';
import type { Learning } from '../../../core/ports/learnings.ts';
import type { QueueEntry, Store } from '../../../core/ports/store.ts';

const time = (ms: number): string => new Date(ms).toISOString();
const yaml = (document: unknown): string => stringify(document, { lineWidth: 0 });

/** queue.yaml: where every strategy stands. */
export const queueText = (queue: readonly QueueEntry[]): string =>
  yaml({
    version: 1,
    strategies: queue.map(({ strategyId, name, status, reason, runId, changedMs }) => ({
      id: strategyId,
      name,
      status,
      ...(reason !== '' && { reason }),
      ...(runId !== '' && { run: runId }),
      changed: time(changedMs),
    })),
  });

/** registry.yaml: every strategy that was ever tried, its family, what it cost in trials and its last verdict. */
export async function registryText(store: Store): Promise<string> {
  const queue = new Map((await store.queue()).map((entry) => [entry.strategyId, entry]));
  const newest = new Map((await store.members()).map((member) => [member.strategyId, member]));
  const strategies: unknown[] = [];
  for (const [strategyId, { name, file, strategyHash }] of newest) {
    const latest = await store.latestVerdict(strategyId);
    const ledger = await store.family({ strategyId }, 0);
    strategies.push({
      id: strategyId,
      name,
      file,
      strategyHash,
      status: queue.get(strategyId)?.status ?? 'NOT_QUEUED',
      ...(ledger && {
        family: ledger.family,
        trials: ledger.trials,
        effectiveTrials: ledger.effectiveTrials,
        seen: ledger.seen.map(({ market, toMs, by, face }) => ({ market, upTo: time(toMs), by, face })),
      }),
      ...(latest && { verdict: verdictOf(latest) }),
    });
  }
  return yaml({ version: 1, strategies });
}

type Latest = NonNullable<Awaited<ReturnType<Store['latestVerdict']>>>;

const verdictOf = ({ verdict, runId, storedMs }: Latest) => ({
  tier: verdict.tier,
  status: verdict.status,
  run: runId,
  at: time(storedMs),
  dataHash: verdict.dataHash,
  codeVersion: verdict.codeVersion,
  metrics: verdict.metrics,
  ...(verdict.failures.length > 0 && { failures: verdict.failures }),
});

/** learnings.md: newest first. */
export const learningsText = (learnings: readonly Learning[]): string =>
  [
    '# Learnings',
    ...learnings.map(({ id, errorType, fixer, outcome, count, text, strategies, lastMs }) =>
      [
        `## ${id} ${errorType} · ${fixer} · ${outcome} (${count})`,
        text,
        `Last on ${time(lastMs).slice(0, 10)}: ${strategies.join(', ')}.`,
      ].join('\n\n'),
    ),
  ].join('\n\n') + '\n';

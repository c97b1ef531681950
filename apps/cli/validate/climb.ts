import { DeskError } from '../../../core/errors.ts';
import type { Store } from '../../../core/ports/store.ts';
import { ladderRunId } from '../../../core/validation/ladder-id.ts';
import type { RunInput } from '../../../core/validation/run-input.ts';
import { tiers, type Tier } from '../../../core/validation/verdict.ts';
import { newRunId } from './run-id.ts';
import type { FinishedRun, ValidationRun } from './run-validation.ts';

/** The tiers from the first to the one that is asked for, both included. */
export function tiersThrough(first: Tier, through: string | undefined): readonly Tier[] {
  if (through === undefined) return [first];
  const last = tiers.findIndex((tier) => tier === through.toUpperCase());
  const start = tiers.indexOf(first);
  if (last >= start) return tiers.slice(start, last + 1);
  throw new DeskError('Usage', last < 0 ? 'no such tier' : 'the ladder ends before it begins', {
    path: '--through',
    expected: tiers.slice(start).join(', '),
    found: through,
  });
}

/**
 * Runs tier after tier, each with the strategies that passed the one before; ends where nothing passed, where a run
 * waits for a person, or where it was left. Each tier is a run of its own, as if started by hand; the runs share a name.
 */
export async function climb(
  input: RunInput,
  ladder: readonly Tier[],
  { store, run }: Readonly<{ store: Store; run: (input: RunInput, runId: string) => Promise<ValidationRun> }>,
): Promise<Readonly<{ finished: readonly FinishedRun[]; broken?: Exclude<ValidationRun, { finished: FinishedRun }> }>> {
  const finished: FinishedRun[] = [];
  const first = newRunId();
  let next = input;
  for (const tier of ladder) {
    const outcome = await run({ ...next, tier }, ladderRunId(first, tier, tier === ladder[0]));
    if (!('finished' in outcome)) return { finished, broken: outcome };
    finished.push(outcome.finished);
    const passed = outcome.finished.verdicts.filter(({ verdict }) => verdict.status === 'PASS');
    if (passed.length === 0 || outcome.finished.waits) break;
    // By file: one that was given as a file is in no folder where its id would be found.
    const records = await Promise.all(passed.map(({ verdict }) => store.strategy(verdict.strategyId)));
    const { queueSize: _queueSize, ...rest } = input;
    next = { ...rest, queued: false, strategies: records.flatMap((record) => record?.file ?? []) };
  }
  return { finished };
}

/** Where each strategy stopped: its verdict at the highest tier that it was judged at, in the order of the first. */
export function lastVerdicts(finished: readonly FinishedRun[]): FinishedRun['verdicts'] {
  const last = new Map<string, FinishedRun['verdicts'][number]>();
  for (const { verdicts } of finished) for (const stored of verdicts) last.set(stored.verdict.strategyId, stored);
  return [...last.values()];
}

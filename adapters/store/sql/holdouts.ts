import type { StrategyRecord, ValidationKey } from '../../../core/ports/store.ts';
import type { Transaction } from './database.ts';
import { text } from './rows.ts';

/** A validation that has held a holdout open for so long will not come back. */
const forgottenMs = 86_400_000;

/**
 * Holds the family's holdout for one validation, so that two that begin together cannot both look: the first one wins.
 * Returns the run that has it where that is another.
 */
export async function openHoldout(
  { row, run }: Transaction,
  { runId, strategyId }: ValidationKey,
  { shape, atMs }: Pick<StrategyRecord, 'shape'> & { atMs: number },
): Promise<string | undefined> {
  const other = await row(
    `SELECT run_id, strategy_id FROM open_holdouts WHERE opened_ms > ? AND NOT (run_id = ? AND strategy_id = ?)
       AND shape IN (SELECT shape FROM families WHERE family = (SELECT family FROM families WHERE shape = ?))
     ORDER BY opened_ms LIMIT 1`,
    atMs - forgottenMs,
    runId,
    strategyId,
    shape,
  );
  if (other !== undefined) return `${text(other, 'run_id')} (${text(other, 'strategy_id')})`;
  await run('INSERT INTO open_holdouts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', runId, strategyId, shape, atMs);
  return undefined;
}

/** The validation is over: its look is in the ledger, or nothing was seen. */
export const closeHoldout = ({ run }: Transaction, { runId, strategyId }: ValidationKey): Promise<void> =>
  run('DELETE FROM open_holdouts WHERE run_id = ? AND strategy_id = ?', runId, strategyId);

import type { DatedReturns } from '../../../core/validation/statistics/mean-correlation.ts';
import type { StrategyRecord, ValidationKey } from '../../../core/ports/store.ts';
import type { OpenedElsewhere } from '../../../core/ports/trial-ledger.ts';
import type { Transaction } from './database.ts';
import { familyOf } from './families.ts';
import { text } from './rows.ts';
import { datedReturns, returnsBytes, seenBy } from './trials.ts';

/** Opened holdouts that are compared, the newest ones: 200 series of five years are 1.5 MB. */
const mostCompared = 200;

/** Keeps the daily returns by which a strategy whose holdout was opened is known again under another shape. */
export const keepOpened = (
  { run }: Transaction,
  { runId, strategyId }: ValidationKey,
  { shape, firstDay, returns, atMs }: DatedReturns & Readonly<{ shape: string; atMs: number }>,
): Promise<void> =>
  run(
    'INSERT INTO opened_returns VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    runId,
    strategyId,
    shape,
    firstDay,
    returnsBytes(returns),
    atMs,
  );

/** What other families opened, with all that they have seen. */
export async function openedElsewhere(
  sql: Transaction,
  { shape }: Pick<StrategyRecord, 'shape'>,
): Promise<readonly OpenedElsewhere[]> {
  const own = (await familyOf(sql, shape)) ?? shape;
  const rows = await sql.rows(
    `SELECT opened_returns.*, family FROM opened_returns JOIN families USING (shape)
     WHERE family <> ? ORDER BY at_ms DESC, run_id, strategy_id LIMIT ?`,
    own,
    mostCompared,
  );
  const seen = new Map<string, OpenedElsewhere['seen']>();
  for (const row of rows) {
    const family = text(row, 'family');
    if (!seen.has(family)) seen.set(family, await seenBy(sql, family));
  }
  return rows.map((row) => ({
    strategyId: text(row, 'strategy_id'),
    shape: text(row, 'shape'),
    ...datedReturns(row),
    seen: seen.get(text(row, 'family')) ?? [],
  }));
}

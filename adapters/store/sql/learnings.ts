import { type Learning, type LearningNote, strategiesPerLearning } from '../../../core/ports/learnings.ts';
import type { Store } from '../../../core/ports/store.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import { sha256 } from '../../hashing.ts';
import type { Database, Row, Transaction } from './database.ts';
import { number, text } from './rows.ts';

export const learningMethods = ({ read }: Database): Pick<Store, 'learnings'> => ({
  learnings: () =>
    read(async (sql) => {
      const found = await sql.rows(
        `SELECT learnings.*, count(*) AS count, min(at_ms) AS first_ms, max(at_ms) AS last_ms
         FROM learnings JOIN learning_cases ON learning_id = id GROUP BY id ORDER BY last_ms DESC, id`,
      );
      const learnings: Learning[] = [];
      for (const row of found) learnings.push(await learningOf(sql, row));
      return learnings;
    }),
});

/** One more case of a learning, once for its source. */
export async function addLearning(
  { run }: Transaction,
  note: LearningNote,
  { source, strategyId, atMs }: Readonly<{ source: string; strategyId: string; atMs: number }>,
): Promise<void> {
  const { key, errorType, fixer, outcome, change, tier, timeframe, text: says } = note;
  const id = `L-${sha256(key).slice(0, 8)}`;
  await run(
    'INSERT INTO learnings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    id,
    key,
    errorType,
    fixer,
    outcome,
    change,
    tier,
    timeframe,
    says,
  );
  await run('INSERT INTO learning_cases VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', id, source, strategyId, atMs);
}

async function learningOf({ rows }: Transaction, row: Row): Promise<Learning> {
  const id = text(row, 'id');
  const strategies = await rows(
    `SELECT strategy_id FROM learning_cases WHERE learning_id = ? GROUP BY strategy_id
     ORDER BY max(at_ms) DESC, strategy_id LIMIT ?`,
    id,
    strategiesPerLearning,
  );
  return {
    id,
    key: text(row, 'key'),
    errorType: text(row, 'error_type'),
    fixer: text(row, 'fixer'),
    outcome: text(row, 'outcome') as Learning['outcome'],
    change: text(row, 'change'),
    tier: text(row, 'tier') as Tier,
    timeframe: text(row, 'timeframe'),
    count: number(row, 'count'),
    strategies: strategies.map((each) => text(each, 'strategy_id')),
    firstMs: number(row, 'first_ms'),
    lastMs: number(row, 'last_ms'),
    text: text(row, 'text'),
  };
}

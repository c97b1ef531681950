import type { Store, StrategyRecord } from '../../../core/ports/store.ts';
import type { Database, Transaction } from './database.ts';
import { joinFamily } from './families.ts';
import { queueEntry, strategyRecord } from './rows.ts';

type QueueMethods = Pick<Store, 'registerStrategies' | 'queue' | 'strategy'>;

export const queueMethods = ({ read, write }: Database): QueueMethods => ({
  registerStrategies: (strategies, atMs) =>
    write(async (sql) => {
      for (const strategy of strategies) await register(sql, strategy, atMs);
    }),

  queue: () =>
    read(async ({ rows }) => {
      const found = await rows(
        `SELECT queue.*, strategies.name FROM queue JOIN strategies USING (strategy_id) ORDER BY strategy_id`,
      );
      return found.map(queueEntry);
    }),

  strategy: (strategyId) =>
    read(async ({ row }) => {
      const found = await row('SELECT * FROM strategies WHERE strategy_id = ?', strategyId);
      return found && strategyRecord(found);
    }),
});

async function register(sql: Transaction, strategy: StrategyRecord, atMs: number): Promise<void> {
  const { strategyId, name, file, strategyHash, shape, parent = null } = strategy;
  await sql.run(
    `INSERT INTO strategies (strategy_id, name, file, strategy_hash, changed_ms, shape, parent)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (strategy_id) DO UPDATE
     SET name = excluded.name, file = excluded.file, strategy_hash = excluded.strategy_hash,
         changed_ms = excluded.changed_ms, shape = excluded.shape, parent = excluded.parent
     WHERE strategies.name <> excluded.name OR strategies.file <> excluded.file
       OR strategies.strategy_hash <> excluded.strategy_hash OR strategies.shape <> excluded.shape
       OR strategies.parent IS DISTINCT FROM excluded.parent`,
    strategyId,
    name,
    file,
    strategyHash,
    atMs,
    shape,
    parent,
  );
  await joinFamily(sql, strategy, atMs);
  await sql.run(`INSERT INTO queue VALUES (?, 'QUEUED', '', '', ?) ON CONFLICT DO NOTHING`, strategyId, atMs);
}

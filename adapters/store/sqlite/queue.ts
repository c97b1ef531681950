import type { Store } from '../../../core/ports/store.ts';
import type { Database } from './database.ts';
import { joinFamily } from './families.ts';
import { queueEntry, strategyRecord } from './rows.ts';

type QueueMethods = Pick<Store, 'registerStrategies' | 'queue' | 'strategy'>;

export const queueMethods = (database: Database): QueueMethods => ({
  registerStrategies: (strategies, atMs) =>
    database.transaction(() => {
      const { run } = database;
      for (const strategy of strategies) {
        const { strategyId, name, file, strategyHash, shape, parent = null } = strategy;
        run(
          `INSERT INTO strategies (strategy_id, name, file, strategy_hash, changed_ms, shape, parent)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
             SET name = excluded.name, file = excluded.file, strategy_hash = excluded.strategy_hash,
                 changed_ms = excluded.changed_ms, shape = excluded.shape, parent = excluded.parent
             WHERE name <> excluded.name OR file <> excluded.file OR strategy_hash <> excluded.strategy_hash
               OR shape <> excluded.shape OR parent IS NOT excluded.parent`,
          strategyId,
          name,
          file,
          strategyHash,
          atMs,
          shape,
          parent,
        );
        joinFamily(database, strategy, atMs);
        run(`INSERT INTO queue VALUES (?, 'QUEUED', '', '', ?) ON CONFLICT DO NOTHING`, strategyId, atMs);
      }
    }),

  queue: () =>
    database.transaction(() =>
      database
        .rows(`SELECT queue.*, strategies.name FROM queue JOIN strategies USING (strategy_id) ORDER BY strategy_id`)
        .map(queueEntry),
    ),

  strategy: (strategyId) =>
    database.transaction(() => {
      const found = database.row('SELECT * FROM strategies WHERE strategy_id = ?', strategyId);
      return found && strategyRecord(found);
    }),
});

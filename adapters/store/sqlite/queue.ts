import type { Store } from '../../../core/ports/store.ts';
import type { Database } from './database.ts';
import { queueEntry, strategyRecord } from './rows.ts';

type QueueMethods = Pick<Store, 'registerStrategies' | 'queue' | 'strategy'>;

export const queueMethods = ({ run, row, rows, transaction }: Database): QueueMethods => ({
  registerStrategies: (strategies, atMs) =>
    transaction(() => {
      for (const { strategyId, name, file, strategyHash } of strategies) {
        run(
          `INSERT INTO strategies VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
             SET name = excluded.name, file = excluded.file, strategy_hash = excluded.strategy_hash,
                 changed_ms = excluded.changed_ms
             WHERE name <> excluded.name OR file <> excluded.file OR strategy_hash <> excluded.strategy_hash`,
          strategyId,
          name,
          file,
          strategyHash,
          atMs,
        );
        run(`INSERT INTO queue VALUES (?, 'QUEUED', '', '', ?) ON CONFLICT DO NOTHING`, strategyId, atMs);
      }
    }),

  queue: () =>
    transaction(() =>
      rows(`SELECT queue.*, strategies.name FROM queue JOIN strategies USING (strategy_id) ORDER BY strategy_id`).map(
        queueEntry,
      ),
    ),

  strategy: (strategyId) =>
    transaction(() => {
      const found = row('SELECT * FROM strategies WHERE strategy_id = ?', strategyId);
      return found && strategyRecord(found);
    }),
});

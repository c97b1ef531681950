import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../adapters/store/sqlite/index.ts';
import { readJournal } from './journal.ts';
import { chaosSettings, startPlan } from './plans.ts';
import { judgeStage, plainCircumstances } from './settle.ts';
import { openStage } from './stage.ts';
import { chaosAccount } from './worker-settings.ts';

test('a store restored from a backup: what it forgot is in the ledger again, nothing is sent for it', async () => {
  const settings = chaosSettings();
  const stage = await openStage({ settings, exchange: { source: { kind: 'scripted' }, fillChunks: 2 } });
  const given = plainCircumstances((await readJournal(stage)).balances, settings);
  const saved = join(stage.folder, 'backup.sqlite');
  try {
    const worker = await stage.startWorker(0);
    await (await startPlan(stage, 'before-backup')).result();
    const database = new DatabaseSync(stage.storeFile);
    await backup(database, saved);
    database.close();
    await (await startPlan(stage, 'after-backup')).result();
    const known = new Set((await openedOrders(saved)).map(({ intent }) => intent.clientOrderId));
    const sent = (await readJournal(stage)).orders.map(({ clientOrderId }) => clientOrderId);
    const forgotten = new Set(sent.filter((id) => !known.has(id)));
    expect(forgotten.size).toBe(3);

    worker.signal('SIGKILL');
    await worker.ended;
    for (const suffix of ['-wal', '-shm', '']) rmSync(stage.storeFile + suffix, { force: true });
    copyFileSync(saved, stage.storeFile);
    const store = openSqliteOrderStore(stage.storeFile);
    try {
      const venue = { venueMs: await stage.venueMs(), receiveWindowMs: 5_000, settleMs: 15_000 };
      await store.afterRestore(chaosAccount, 'an operator', venue, Date.now());
      await stage.startWorker(0);
      const restored = { ...stage, store };
      await expect
        .poll(() => judgeStage(restored, { ...given, forgotten }), { timeout: 90_000, interval: 1_000 })
        .toEqual([]);
      expect((await readJournal(stage)).requests).toHaveLength(sent.length);
    } finally {
      store.close();
    }
  } finally {
    await stage.close();
  }
}, 300_000);

async function openedOrders(file: string) {
  const store = openSqliteOrderStore(file);
  const orders = await store.orders({ account: chaosAccount, limit: 1_000 });
  store.close();
  return orders;
}

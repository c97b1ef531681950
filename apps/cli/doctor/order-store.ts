import { existsSync, statSync } from 'node:fs';
import { openOrderStore } from '../../../adapters/store/open-order-store.ts';
import { orderStoreFile } from '../../../adapters/store/places.ts';
import { databaseUrl } from '../../../config/paths.ts';
import type { TradingMode } from '../../../core/orders/types.ts';
import { type RecentAlert, recentAlerts } from '../orders/recent-alerts.ts';
import { brokenStore } from './broken-store.ts';
import type { Check } from './check.ts';

export type OrderStoreFound = Readonly<{
  check: Check;
  /** Of the accounts that the store knows; left out where it cannot be read. */
  modes?: ReadonlyMap<string, TradingMode>;
  /** Left out where there is no store, or it cannot be read. */
  alerts?: readonly RecentAlert[];
}>;

/** Whether the order store opens and its whole file can be read; none is made here but in a database that was asked for. */
export async function checkOrderStore(): Promise<OrderStoreFound> {
  const name = 'order store';
  const isShared = databaseUrl() !== undefined;
  if (!isShared && !existsSync(orderStoreFile())) {
    return { check: { name, state: 'ok', found: 'none yet: the first order makes one' }, modes: new Map() };
  }
  try {
    const store = await openOrderStore({ verify: true });
    try {
      const accounts = await store.accounts();
      const states = await Promise.all(accounts.map((account) => store.accountState(account)));
      const where = isShared ? 'PostgreSQL (DATABASE_URL)' : `SQLite, every page read (${sizeMb()} MB)`;
      const found = `${where}, ${accounts.length === 1 ? 'one account' : `${accounts.length} accounts`}`;
      return {
        check: { name, state: 'ok', found },
        modes: new Map(states.map(({ account, mode }) => [account, mode])),
        alerts: await recentAlerts(store, { nowMs: Date.now() }),
      };
    } finally {
      store.close();
    }
  } catch (thrown) {
    const check = brokenStore(name, thrown, {
      shared: 'mend DATABASE_URL or its server: no order is sent without it',
      file: 'stop the workers, put a backup in its place, then: nightdesk orders restored',
    });
    return { check };
  }
}

const sizeMb = (): string => (statSync(orderStoreFile()).size / 1e6).toFixed(1);
